import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { deserialize, Long, serialize } from 'bson';

/** Speaks as much of MongoDB's wire protocol (OP_MSG) as provisioning needs, over a list of documents. */
export interface TestDatabase {
  url: string;
  documents: Record<string, unknown>[];
  close(): Promise<void>;
}

type Document = Record<string, unknown>;

const at = (document: Document, path: string, make: boolean): [Document, string] => {
  const names = path.split('.');
  let here: Document = document;
  for (const name of names.slice(0, -1)) {
    if (here[name] === undefined && make) here[name] = {};
    here = here[name] as Document;
  }
  return [here, names.at(-1)!];
};

export async function startDatabase(): Promise<TestDatabase> {
  const documents: Document[] = [];
  const sockets = new Set<Socket>();
  const found = (filter: Document): Document[] =>
    documents.filter((one) => Object.entries(filter).every(([name, value]) => one[name] === value));
  const answer = (command: Document): Document => {
    if ('hello' in command || 'ismaster' in command || 'isMaster' in command)
      return {
        ok: 1,
        helloOk: true,
        isWritablePrimary: true,
        ismaster: true,
        maxWireVersion: 21,
        minWireVersion: 0,
        maxBsonObjectSize: 16_777_216,
        maxMessageSizeBytes: 48_000_000,
        maxWriteBatchSize: 100_000,
        localTime: new Date(),
        readOnly: false,
      };
    if ('find' in command) {
      const batch = found((command['filter'] ?? {}) as Document);
      return {
        ok: 1,
        cursor: { id: Long.fromNumber(0), ns: 'open5gs.subscribers', firstBatch: batch },
      };
    }
    if ('aggregate' in command)
      return {
        ok: 1,
        cursor: { id: Long.fromNumber(0), ns: 'open5gs.subscribers', firstBatch: [{ n: documents.length }] },
      };
    if ('update' in command) {
      const [{ q, u, upsert }] = command['updates'] as [{ q: Document; u: Document; upsert?: boolean }];
      let [target] = found(q);
      const inserted = target === undefined && upsert === true;
      if (inserted) documents.push((target = { _id: String(documents.length), ...q }));
      if (target === undefined) return { ok: 1, n: 0, nModified: 0 };
      const set = { ...(u['$set'] as Document), ...(inserted ? (u['$setOnInsert'] as Document) : {}) };
      for (const [path, value] of Object.entries(set)) {
        const [here, name] = at(target, path, true);
        here[name] = value;
      }
      for (const [path, value] of Object.entries((u['$push'] ?? {}) as Document)) {
        const [here, name] = at(target, path, true);
        here[name] = [...((here[name] ?? []) as unknown[]), value];
      }
      for (const [path, value] of Object.entries((u['$pull'] ?? {}) as Document)) {
        const [here, name] = at(target, path, true);
        here[name] = (here[name] as unknown[]).filter((one) => JSON.stringify(one) !== JSON.stringify(value));
      }
      return {
        ok: 1,
        n: 1,
        nModified: 1,
        ...(inserted ? { upserted: [{ index: 0, _id: target['_id'] }] } : {}),
      };
    }
    if ('delete' in command) {
      const [{ q }] = command['deletes'] as [{ q: Document }];
      const gone = found(q)[0];
      if (gone !== undefined) documents.splice(documents.indexOf(gone), 1);
      return { ok: 1, n: gone === undefined ? 0 : 1 };
    }
    return { ok: 1 };
  };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let rest = Buffer.alloc(0);
    socket.on('data', (part) => {
      rest = Buffer.concat([rest, part]);
      while (rest.length >= 16 && rest.length >= rest.readInt32LE(0)) {
        const message = rest.subarray(0, rest.readInt32LE(0));
        rest = rest.subarray(message.length);
        const id = message.readInt32LE(4);
        const legacy = message.readInt32LE(12) === 2004;
        let command: Document;
        if (legacy) {
          const name = message.indexOf(0, 20) + 1 + 8;
          command = deserialize(message.subarray(name, name + message.readInt32LE(name)));
        } else {
          command = {};
          let offset = 20;
          while (offset < message.length) {
            const kind = message.readUInt8(offset++);
            const size = message.readInt32LE(offset);
            if (kind === 0) Object.assign(command, deserialize(message.subarray(offset, offset + size)));
            else {
              const end = message.indexOf(0, offset + 4);
              const name = message.toString('utf8', offset + 4, end);
              const list: Document[] = [];
              for (let place = end + 1; place < offset + size; ) {
                const length = message.readInt32LE(place);
                list.push(deserialize(message.subarray(place, place + length)));
                place += length;
              }
              command[name] = list;
            }
            offset += size;
          }
        }
        const body = Buffer.from(serialize(answer(command)));
        const head = Buffer.alloc(legacy ? 36 : 21);
        head.writeInt32LE(head.length + body.length, 0);
        head.writeInt32LE(id, 8);
        head.writeInt32LE(legacy ? 1 : 2013, 12);
        if (legacy) head.writeInt32LE(1, 32);
        socket.write(Buffer.concat([head, body]));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/?directConnection=true`,
    documents,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
