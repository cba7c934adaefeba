import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type NetworkLayer, type OfferedApi, outsideFlow } from '@millrace/network';
import { camaraPortsOn, camaraServer } from '@millrace/network/providers/camara';
import { checkAddress } from '@millrace/platform/iot';
import type { NetworkPlatform } from '@millrace/sdk';

const postMillisecondsMax = 10_000;

export interface OfferOptions {
  platform: NetworkPlatform;
  /** URL of the platform as others reach it, without a trailing slash. */
  publicUrl: string;
  /** Hosts of the plant's own network that messages may go to. */
  allowedHosts(): readonly string[];
}

/** The plant's own network, offered to others over CAMARA's interfaces, as an operator offers his. */
export function offeredNetwork(
  { platform, publicUrl, allowedHosts }: OfferOptions,
  layer: NetworkLayer,
): OfferedApi[] {
  const { clock, log, records, seal, audit } = platform;
  const { inventory, requests } = layer;
  const { terminals } = inventory;
  const shown = (id: string) => {
    const record = terminals.get(id);
    return record === undefined ? undefined : terminals.show(record);
  };
  return [
    camaraServer(
      camaraPortsOn({
        clock,
        log,
        records,
        seal,
        audit,
        publicUrl: `${publicUrl}/camara`,
        post: (url, message) => post(url, message, allowedHosts()),
        flow: outsideFlow,
        *terminals() {
          for (const record of terminals.all()) yield terminals.show(record);
        },
        terminal: shown,
        heard: (terminal) => layer.heard(terminal),
        judge: (terminal, level, at) => Promise.resolve(layer.judge(terminal, level, at)),
        cannotReadBack: (provider) => !requests.providers.does(provider, 'readBinding'),
        requests,
      }),
    ),
  ];
}

/** Sends a notification to where somebody outside has asked for it: never to an address inside the plant that nobody has allowed. */
async function post(
  target: string,
  { headers, body }: { headers: Readonly<Record<string, string>>; body: string },
  allowedHosts: readonly string[],
): Promise<{ status: number }> {
  const { url, lookup } = await checkAddress(target, allowedHosts);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      {
        method: 'POST',
        lookup,
        agent: false,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const status = response.statusCode ?? 0;
        response.destroy();
        resolve({ status });
      },
    );
    request.setTimeout(postMillisecondsMax, () => request.destroy(new Error('no answer in time')));
    request.once('error', reject);
    request.end(body);
  });
}
