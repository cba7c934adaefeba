import { BinaryStream } from 'node-opcua-binary-stream';
import type { ClientSession } from 'node-opcua-client';
import {
  DataTypeExtractStrategy,
  type ExtraDataTypeManager,
  getExtraDataTypeManager,
  type NodeId,
} from 'node-opcua-client';

interface Decodable {
  decode(stream: BinaryStream): void;
}

type Constructor = new () => Decodable;

/**
 * The structures of one server, each definition read when a value of it first comes (DataTypeDefinition, OPC 10000-3, 8.49; the older
 * type dictionaries where the server has only those).
 */
export class Structures {
  readonly #session: ClientSession;
  readonly #known = new Map<string, Constructor | undefined>();
  readonly #wanted = new Map<string, NodeId>();
  #manager: Promise<ExtraDataTypeManager> | undefined;

  constructor(session: ClientSession) {
    this.#session = session;
  }

  /** Whether a translation since the last `load` met a structure that is not known yet. */
  get wanting(): boolean {
    return this.#wanted.size > 0;
  }

  /** The object in a structure's bytes; undefined where its definition is not known (yet), or the bytes do not fit it. */
  decode(encoding: NodeId, body: Buffer): object | undefined {
    const key = encoding.toString();
    if (!this.#known.has(key)) {
      this.#wanted.set(key, encoding);
      return undefined;
    }
    const known = this.#known.get(key);
    if (known === undefined) return undefined;
    try {
      const object = new known();
      object.decode(new BinaryStream(body));
      return object;
    } catch {
      return undefined;
    }
  }

  /** Reads the definitions wanted so far. Never rejects: a structure without one stays as bytes. */
  async load(): Promise<void> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    for (const [key, encoding] of wanted) {
      if (this.#known.has(key)) continue;
      let found: Constructor | undefined;
      try {
        this.#manager ??= getExtraDataTypeManager(this.#session, DataTypeExtractStrategy.Lazy);
        const manager = await this.#manager;
        found = (await manager.getExtensionObjectConstructorFromBinaryEncodingAsync(
          encoding,
        )) as unknown as Constructor;
      } catch {
        found = undefined;
      }
      this.#known.set(key, found);
    }
  }

  /** A new object of a structured data type, for the arguments of methods. Rejects where the server does not define it. */
  async make(dataType: NodeId, fields: object): Promise<object> {
    this.#manager ??= getExtraDataTypeManager(this.#session, DataTypeExtractStrategy.Lazy);
    const manager = await this.#manager;
    const made = (await manager.getExtensionObjectConstructorFromDataTypeAsync(dataType)) as unknown as new (
      options: object,
    ) => object;
    return new made(fields);
  }
}
