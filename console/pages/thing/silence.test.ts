import type { ThingDescription } from '@millrace/contract';
import { expect, it } from 'vitest';
import { sendsOnChange } from './silence.ts';

const thing = (form: Record<string, unknown>, more: Partial<ThingDescription> = {}): ThingDescription => ({
  '@context': 'https://www.w3.org/2022/wot/td/v1.1',
  id: 'urn:t',
  title: 't',
  security: 'nosec_sc',
  securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
  ...more,
  properties: { p: { forms: [form as { href: string }] } },
});

it.each([
  [true, thing({ href: 'opc.tcp://10.0.0.1:4840/?id=i=1' })],
  [true, thing({ href: 'modbus+tcp://10.0.0.1/1/10' })],
  [true, thing({ href: '1/10?quantity=2' }, { base: 'modbus+tcp://10.0.0.1/' })],
  [true, thing({ href: 'mqtt:', 'mqv:topic': 'spBv1.0/group/DDATA/edge/device' })],
  [true, thing({ href: 'things/t/properties' }, { 'millrace:staleAfterSeconds': 0 })],
  [false, thing({ href: 'things/t/properties' }, { 'millrace:staleAfterSeconds': 60 })],
  [false, thing({ href: 'things/t/properties' })],
  [false, thing({ href: 'mqtt://broker/a', 'mqv:topic': 'plant/a' })],
  [false, thing({})],
])('%s', (expected, description) => {
  expect(sendsOnChange(description, 'p')).toBe(expected);
  expect(sendsOnChange(description, 'other')).toBe(description['millrace:staleAfterSeconds'] === 0);
});
