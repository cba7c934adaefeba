import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalText } from '@millrace/contract';
import { defineProvider } from '@millrace/sdk';
import { readKept, secretFile, slicesFile, writeWhole } from './kept-files.ts';
import { type CamaraProvider, OperatorProvider } from './operator.ts';
import { check, settings } from './provider-settings.ts';

const text = (en: string, zh: string): LocalText => ({ en, zh });

export const provider = defineProvider({
  manifest: {
    id: 'camara',
    title: text('Operator (CAMARA)', '运营商（CAMARA）'),
    summary: text(
      'Asks a mobile operator, or another plant that offers its network, for quality and slices through the CAMARA APIs.',
      '通过 CAMARA API 向移动运营商（或开放其网络的其他工厂）申请质量保障和切片。',
    ),
    settings,
    can: {
      qos: text(
        'Sessions for one flow (Quality on Demand) and assignments for a whole device (QoS Provisioning), out of the profiles the operator offers.',
        '针对单个业务流的会话（Quality on Demand）以及针对整台设备的长期分配（QoS Provisioning），取自运营商提供的配置。',
      ),
      slices: text(
        'Booked for the plant’s area and a time, for at most 20 devices; devices join through a binding.',
        '按工厂区域和时间预订，最多 20 台设备；设备通过绑定加入。',
      ),
      profiles: text(
        'Reads the QoS profiles offered, and chooses the least that is enough.',
        '读取所提供的 QoS 配置，并选择满足要求的最小者。',
      ),
    },
    cannot: [
      text(
        'Figures of its own: only the profiles the operator offers can be asked for.',
        '不能自定义数值：只能申请运营商提供的配置。',
      ),
      text(
        'LAN groups, subscribers, a list of devices: CAMARA has nothing for them.',
        '不支持 LAN 组、签约用户和设备列表：CAMARA 没有相应接口。',
      ),
      text(
        'Telling whether a booked slice is in force, and how good the quality given is: measure it.',
        '无法告知预订的切片是否生效、实际质量如何：需要测量。',
      ),
      text(
        'Filters by protocol or direction; port ranges are not used.',
        '不能按协议或方向过滤；不使用端口范围。',
      ),
      text(
        'Devices whose owner must consent in person (three-legged tokens).',
        '需要本人同意的设备（三方令牌）。',
      ),
    ],
    enforcedBy: text(
      'The operator’s network. AVAILABLE is what it says, not what was measured.',
      '运营商的网络。AVAILABLE 是其声明，而非测量结果。',
    ),
    speaks: [
      'CAMARA Quality on Demand 1.2.0-rc.3 (r4.1)',
      'CAMARA QoS Profiles 1.2.0-rc.3 (r4.1)',
      'CAMARA QoS Provisioning 0.4.0-rc.1 (r4.1)',
      'CAMARA Network Slice Booking 0.2.0-rc.1, Assignment 0.1.0-rc.1 (r2.1)',
      'OAuth 2.0 client credentials (RFC 6749)',
    ],
  },
  check,
  async open(context) {
    await mkdir(context.folder, { recursive: true, mode: 0o700 });
    let secret = await readKept(join(context.folder, secretFile));
    if (secret === undefined || !/^[\w-]{43}$/.test(secret)) {
      secret = randomBytes(32).toString('base64url');
      await writeWhole(join(context.folder, secretFile), secret);
    }
    let slices: [string, string][] = [];
    try {
      const kept: unknown = JSON.parse((await readKept(join(context.folder, slicesFile))) ?? '[]');
      if (Array.isArray(kept)) slices = kept.filter((one) => Array.isArray(one) && one.length === 2);
    } catch {
      context.log.warn('what was booked before cannot be read; slices are to be booked anew', {});
    }
    return new OperatorProvider(context, secret, new Map(slices));
  },
  async notified(opened, path, body) {
    await (opened as CamaraProvider).notified(path, body);
  },
});
