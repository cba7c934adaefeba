import { defineProvider } from '@millrace/sdk';
import { Gateway } from './gateway.ts';
import { readPorts } from './groups.ts';
import { manifest } from './manifest.ts';

/** A gateway or edge server of the plant's own, shaped by its kernel: what is promised here is enforced for every packet. */
export const provider = defineProvider({
  manifest,
  check: (settings) => [
    ...(settings['terminalInterface'] !== undefined &&
    settings['terminalInterface'] === settings['uplinkInterface']
      ? [
          {
            field: 'terminalInterface',
            message: {
              en: 'Uplink and terminals cannot be on the same interface.',
              zh: '上行接口与终端侧接口不能相同。',
            },
          },
        ]
      : []),
    ...readPorts(settings['groupPorts'] as string | undefined)
      .filter(({ vni }) => !(vni >= 1 && vni <= 16_777_215))
      .map(({ device }) => ({
        field: 'groupPorts',
        message: {
          en: `The VXLAN number of ${device} lies between 1 and 16777215.`,
          zh: `${device} 的 VXLAN 编号应在 1 到 16777215 之间。`,
        },
      })),
  ],
  open: (context) => Gateway.open(context),
});
