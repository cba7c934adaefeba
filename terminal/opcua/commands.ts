import type { PropertyAffordance } from '@millrace/contract';
import { commandLost, commandTimedOut, type Point, TerminalError, type WriteOutcome } from '@millrace/sdk';
import { AttributeIds, type NodeId } from 'node-opcua-client';
import { DataTypes } from './data-types.ts';
import { type Link, within } from './link.ts';
import { variantOf } from './methods.ts';
import { messageOf, problem, problemOf, raise, statusNameIn } from './problems.ts';
import { readAttributes } from './requests.ts';
import { type OpcuaSettings, opcuaLimits } from './settings.ts';
import type { Structures } from './structures.ts';
import { nodeOf, type Translation, valueOfVariant, WrongValue } from './values.ts';

/** A server may need a moment until its value is the one written; then it is said what it reads. */
const readBackMilliseconds = [0, 150, 400] as const;
/** AccessLevel bit CurrentWrite (OPC 10000-3, 8.57). */
const currentWrite = 2;
/** A scalar, one dimension, or either (OPC 10000-3, 8.21). */
const scalarRank = -1;

/** Names of StatusCodes that say that the way to the server is gone, and not what it did (OPC 10000-4, 7.38). */
const lostNames = new Set([
  'BadCommunicationError',
  'BadConnectionClosed',
  'BadConnectionRejected',
  'BadDisconnect',
  'BadSecureChannelClosed',
  'BadServerNotConnected',
  'BadTcpInternalError',
]);

/** An error after the request has left: what may have been done is not known, unless the server itself said no. */
export function commandFailure(error: unknown, link: Link, address: string): TerminalError {
  const name = statusNameIn(error);
  const detail = messageOf(error);
  if (
    (error as { code?: string }).code === 'ETIMEDOUT' ||
    name === 'BadTimeout' ||
    name === 'BadRequestTimeout' ||
    /timed? ?out/i.test(detail)
  ) {
    return new TerminalError(
      'unavailable',
      commandTimedOut,
      {
        en: 'The server did not answer in time; whether it acted is not known.',
        zh: '服务器未及时应答，是否已执行未知。',
      },
      { en: 'See what it reads now.', zh: '请查看当前值。' },
      { detail },
    );
  }
  if (name === undefined || lostNames.has(name)) {
    return new TerminalError(
      'unavailable',
      commandLost,
      {
        en: 'The connection broke before the server answered; whether it acted is not known.',
        zh: '在服务器应答之前连接中断，是否已执行未知。',
      },
      { en: 'See what it reads now.', zh: '请查看当前值。' },
      { detail },
    );
  }
  return raise(problemOf(error, { address, step: 'request', own: link.own }));
}

/**
 * Writes the Value attribute of a property's node in the node's own data type, and reads it back. `refused` with the name of the server's
 * StatusCode; rejects with TerminalError where nothing was sent, or nobody knows.
 */
export async function writeNode(
  link: Link,
  structures: Structures,
  settings: OpcuaSettings,
  point: Point,
  address: string,
  value: unknown,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  const node = nodeOf(address, link.namespaces);
  if (node === undefined) {
    throw raise(
      problem(
        'bad-data',
        'node-unknown',
        { en: `The server has no namespace of ${address}`, zh: `服务器上没有 ${address} 的命名空间` },
        { en: 'Browse again.', zh: '请重新浏览。' },
        {},
      ),
    );
  }
  let sent = false;
  const work = async (): Promise<WriteOutcome> => {
    const variant = await variantFor(link, structures, node, point.name, value);
    sent = true;
    // No time and no status of ours: servers may refuse those, and the value's own time is theirs to give.
    const status = await link.session.write({
      nodeId: node,
      attributeId: AttributeIds.Value,
      value: { value: variant },
    } as never);
    if (status.value >>> 30 === 2) return { state: 'refused', detail: status.name };
    return readBack(link, structures, node, point.schema, value);
  };
  try {
    return await within(work(), settings.timeoutMilliseconds * 2, signal);
  } catch (error) {
    if (error instanceof TerminalError) throw error;
    if (error instanceof WrongValue) {
      throw raise(
        problem(
          'bad-data',
          'value-unfit',
          {
            en: `The value does not fit: ${messageOf(error)}`,
            zh: `值不符合节点的数据类型：${messageOf(error)}`,
          },
          { en: 'Give it as the property describes.', zh: '请按属性说明填写。' },
          {},
        ),
      );
    }
    if (sent) throw commandFailure(error, link, settings.endpoint);
    throw raise(problemOf(error, { address: settings.endpoint, step: 'request', own: link.own }));
  }
}

async function variantFor(
  link: Link,
  structures: Structures,
  node: NodeId,
  name: string,
  value: unknown,
): Promise<object> {
  const [dataType, rank, access] = await readAttributes(
    link.session,
    [AttributeIds.DataType, AttributeIds.ValueRank, AttributeIds.UserAccessLevel].map((attributeId) => ({
      nodeId: node,
      attributeId,
    })),
    link.limits,
  );
  if (dataType!.statusCode.value >>> 30 === 2) throw notWritable(name, dataType!.statusCode.name);
  const level: unknown = access!.value?.value;
  if (typeof level === 'number' && (level & currentWrite) === 0) throw notWritable(name, 'BadNotWritable');
  const dataTypes = new DataTypes(link.session, link.limits);
  const type = dataType!.value.value as NodeId;
  await dataTypes.learn([type]);
  const valueRank: unknown = rank!.value?.value;
  return variantOf(
    value,
    { name, dataType: type, valueRank: typeof valueRank === 'number' ? valueRank : scalarRank },
    dataTypes,
    structures,
    link,
  );
}

async function readBack(
  link: Link,
  structures: Structures,
  node: NodeId,
  schema: PropertyAffordance,
  written: unknown,
): Promise<WriteOutcome> {
  if (schema.writeOnly === true) return { state: 'confirmed', by: 'acknowledgement' };
  const translation: Translation = {
    namespaces: link.namespaces,
    structure: (encoding, body) => structures.decode(encoding, body),
  };
  let seen: unknown;
  for (const wait of readBackMilliseconds) {
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    let read: unknown;
    try {
      const [found] = await readAttributes(
        link.session,
        [{ nodeId: node, attributeId: AttributeIds.Value }],
        link.limits,
      );
      if (found === undefined || found.statusCode.value >>> 30 === 2)
        return { state: 'confirmed', by: 'acknowledgement' };
      read = valueOfVariant(found.value, translation);
      for (let round = 0; structures.wanting && round < opcuaLimits.structureDepthMax; round++) {
        await structures.load();
        read = valueOfVariant(found.value, translation);
      }
    } catch {
      // The server has said that the value was written; that it cannot be read now takes nothing from that.
      return { state: 'confirmed', by: 'acknowledgement' };
    }
    seen = typeof read === 'bigint' ? read.toString() : read;
    if (equal(written, seen)) return { state: 'confirmed', by: 'read-back', value: seen };
  }
  return {
    state: 'sent',
    detail: `the server answered Good and reads ${JSON.stringify(seen)?.slice(0, 120) ?? 'nothing'} since`,
  };
}

/** Equal as far as the server's type keeps a value: a 32-bit float has some seven digits, times may be written in more than one way. */
function equal(written: unknown, read: unknown): boolean {
  if (typeof written === 'number' && typeof read === 'number')
    return written === read || Math.fround(written) === Math.fround(read);
  if (Array.isArray(written) && Array.isArray(read))
    return written.length === read.length && written.every((one, at) => equal(one, read[at]));
  if (typeof written === 'number' && typeof read === 'string') return String(written) === read;
  if (typeof written === 'string' && typeof read === 'string')
    return (
      written === read ||
      written.toLowerCase() === read.toLowerCase() ||
      (Number.isFinite(Date.parse(written)) && Date.parse(written) === Date.parse(read))
    );
  if (written !== null && typeof written === 'object' && read !== null && typeof read === 'object')
    return Object.entries(written).every(([name, one]) =>
      equal(one, (read as Record<string, unknown>)[name]),
    );
  return written === read;
}

function notWritable(name: string, status: string): TerminalError {
  return raise(
    problem(
      'denied',
      'not-writable',
      { en: `The server does not let this user write "${name}"`, zh: `服务器不允许该用户写入“${name}”` },
      { en: 'Give the user the right to write on the server.', zh: '请在服务器上授予写入权限。' },
      { detail: status },
    ),
  );
}
