import { expect, test } from 'vitest';
import { normalisePath } from './paths.ts';

const known = new Set(['urn:a', 'https://example.com/pumps/1', 'a/properties', 'x+y#z', '100%']);
const normal = (url: string): string => normalisePath(url, (id) => known.has(id));

test.each([
  ['/api/things', '/api/things'],
  ['/api/things?x=1', '/api/things?x=1'],
  ['/api/things/urn:a', '/api/things/urn%3Aa'],
  ['/api/things/urn%3Aa', '/api/things/urn%3Aa'],
  ['/api/things/urn:a/properties', '/api/things/urn%3Aa/properties'],
  [
    '/api/things/urn:a/properties/temp/samples?points=5',
    '/api/things/urn%3Aa/properties/temp/samples?points=5',
  ],
  ['/api/things/https://example.com/pumps/1', '/api/things/https%3A%2F%2Fexample.com%2Fpumps%2F1'],
  [
    '/api/things/https://example.com/pumps/1/properties',
    '/api/things/https%3A%2F%2Fexample.com%2Fpumps%2F1/properties',
  ],
  [
    '/api/things/https%3A%2F%2Fexample.com%2Fpumps%2F1/properties/a%2Fb/samples',
    '/api/things/https%3A%2F%2Fexample.com%2Fpumps%2F1/properties/a%2Fb/samples',
  ],
  [
    '/api/things/urn:a/properties/Node Control/Rebirth/samples',
    '/api/things/urn%3Aa/properties/Node%20Control%2FRebirth/samples',
  ],
  ['/api/things/a/properties', '/api/things/a%2Fproperties'],
  ['/api/things/a%2Fproperties/properties', '/api/things/a%2Fproperties/properties'],
  ['/api/things/urn:a/credentials/u-1', '/api/things/urn%3Aa/credentials/u-1'],
  ['/api/things/urn:a/certificates', '/api/things/urn%3Aa/certificates'],
  ['/api/things/urn:a/certificates/0af3', '/api/things/urn%3Aa/certificates/0af3'],
  ['/api/things/urn:a/events/door-opened', '/api/things/urn%3Aa/events/door-opened'],
  ['/api/things/urn:a/actions/start', '/api/things/urn%3Aa/actions/start'],
  ['/api/things/x+y%23z/counters', '/api/things/x%2By%23z/counters'],
  ['/api/things/100%25', '/api/things/100%25'],
  ['/api/things/unknown/properties', '/api/things/unknown/properties'],
  ['/api/things/%E0%A4%A', '/api/malformed-percent-encoding'],
  ['/other/%E0%A4%A', '/other/%E0%A4%A'],
])('%s → %s', (url, expected) => {
  expect(normal(url)).toBe(expected);
});
