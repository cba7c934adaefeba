import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNodeAddress, formHref, parseNodeAddress } from './addresses.ts';
import { targetOf } from './settings.ts';

const anyKind = fc.oneof(
  fc.record({ kind: fc.constant('i' as const), identifier: fc.nat(0xffff_ffff).map(String) }),
  fc.record({ kind: fc.constant('s' as const), identifier: fc.string({ unit: 'binary', maxLength: 40 }) }),
  fc.record({ kind: fc.constant('g' as const), identifier: fc.uuid() }),
  fc.record({
    kind: fc.constant('b' as const),
    identifier: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  }),
);

test('every node id survives a form and back, whatever is in its text or its namespace', () => {
  fc.assert(
    fc.property(anyKind, fc.string({ unit: 'grapheme', maxLength: 40 }), (id, uri) => {
      const text = formatNodeAddress(1, id.kind, id.identifier, ['http://opcfoundation.org/UA/', uri]);
      const target = targetOf({ href: formHref('opc.tcp://plc:4840/', text) });
      expect(target).toEqual({ endpoint: 'opc.tcp://plc:4840', node: text });
      expect(parseNodeAddress(target!.node)).toEqual({
        namespaceUri: uri === '' ? undefined : uri,
        namespace: uri === '' ? 1 : 0,
        ...id,
      });
    }),
  );
});

test('nothing that is read as a node id throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseNodeAddress(text)));
  expect(parseNodeAddress('x'.repeat(100_000))).toBeUndefined();
  expect(parseNodeAddress('ns=70000;i=1')).toBeUndefined();
  expect(parseNodeAddress('g=not-a-guid')).toBeUndefined();
});
