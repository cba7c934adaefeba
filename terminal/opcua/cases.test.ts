import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSettings } from '@millrace/sdk';
import './test-quiet.ts';
import { EndpointDescription, MessageSecurityMode, SecurityPolicy, UserTokenType } from 'node-opcua-client';
import { expect, test } from 'vitest';
import { channelAddress, chooseEndpoint, policyName } from './endpoints.ts';
import { opcua } from './opcua.ts';
import { readSettings, targetOf } from './settings.ts';

/**
 * One folder per rule or bug. `given.json` holds one of: `choose` (settings and what a server offers → the endpoint chosen or the problem),
 * `check` (settings → fields with problems), `form` (a form → the node it reaches). `expected.json` holds what comes out.
 */
interface Given {
  choose?: {
    settings: Record<string, string | number | boolean>;
    offered: { policy: string; mode: string; identities: string[] }[];
    /** Address the server announces for all of them. */
    announced?: string;
  };
  check?: Record<string, string | number | boolean>;
  form?: { href: string };
}

const folder = join(import.meta.dirname, 'cases');
const json = <T>(name: string, file: string): T =>
  JSON.parse(readFileSync(join(folder, name, file), 'utf8')) as T;

const identities: Record<string, UserTokenType> = {
  anonymous: UserTokenType.Anonymous,
  username: UserTokenType.UserName,
  certificate: UserTokenType.Certificate,
};

function outcomeOf(given: Given): unknown {
  if (given.form !== undefined) return { target: targetOf(given.form) ?? null };
  if (given.check !== undefined) {
    const { settings, problems } = checkSettings(opcua.settings, given.check);
    const all = problems.length > 0 ? problems : opcua.check(settings);
    for (const one of all) expect(one.message.zh).not.toBe('');
    return { problems: all.map((one) => one.field) };
  }
  const { settings: chosen, offered, announced } = given.choose!;
  const settings = readSettings(chosen);
  const endpoints = offered.map(
    (one) =>
      new EndpointDescription({
        endpointUrl: announced ?? settings.endpoint,
        securityPolicyUri:
          one.policy === 'None'
            ? SecurityPolicy.None
            : `http://opcfoundation.org/UA/SecurityPolicy#${one.policy}`,
        securityMode: MessageSecurityMode[one.mode as keyof typeof MessageSecurityMode],
        userIdentityTokens: one.identities.map((name) => ({ policyId: name, tokenType: identities[name]! })),
      }),
  );
  const { endpoint, problem } = chooseEndpoint(endpoints, settings);
  if (problem !== undefined) return { code: problem.code, field: problem.field, remedy: problem.remedy.en };
  return {
    policy: policyName(endpoint.securityPolicyUri),
    mode: MessageSecurityMode[endpoint.securityMode],
    address: channelAddress(endpoint, settings),
  };
}

test.each(readdirSync(folder).sort())('%s', (name) => {
  expect(outcomeOf(json<Given>(name, 'given.json'))).toMatchObject(json<object>(name, 'expected.json'));
});
