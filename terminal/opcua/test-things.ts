import type { ThingDescription } from '@millrace/contract';
import { TestContext, type TestContextOptions } from '@millrace/sdk/testing';
import { opcua } from './opcua.ts';
import { sampleNamespace, testFolder } from './test-server.ts';

/** A Thing Description with properties of the sample server; the value is the type, or the whole schema. */
export function describeThing(
  endpoint: string,
  properties: Record<string, string | object | undefined>,
  more: object = {},
): ThingDescription {
  return {
    '@context': 'https://www.w3.org/2022/wot/td/v1.1',
    id: 'urn:test:machine',
    title: 'Machine',
    security: 'nosec_sc',
    securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, type]) => [
        name,
        {
          ...(typeof type === 'string' ? { type } : type),
          forms: [
            {
              href: `${endpoint}/?id=${encodeURIComponent(`nsu=${sampleNamespace};s=${name}`)}`,
              ...formOf(type),
            },
          ],
        },
      ]),
    ),
    ...more,
  } as ThingDescription;
}

function formOf(type: unknown): object {
  return (type as { form?: object } | undefined)?.form ?? {};
}

export function contextFor(
  endpoint: string,
  settings: Record<string, string | number | boolean> = {},
  more: TestContextOptions = {},
): TestContext {
  return new TestContext(opcua, {
    folder: testFolder(),
    ...more,
    settings: {
      endpoint,
      serverCertificate: 'any',
      publishingMilliseconds: 50,
      timeoutMilliseconds: 3000,
      ...settings,
    },
  });
}
