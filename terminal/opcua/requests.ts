import {
  AttributeIds,
  BrowseDescription,
  BrowseDirection,
  BrowseNextRequest,
  type BrowseNextResponse,
  BrowseRequest,
  type BrowseResponse,
  type ClientSession,
  type DataValue,
  type NodeId,
  ReadRequest,
  type ReadResponse,
  type ReferenceDescription,
  ReferenceTypeIds,
  resolveNodeId,
  StatusCodes,
  TimestampsToReturn,
} from 'node-opcua-client';
import type { OperationLimits } from './link.ts';
import { statusNameIn } from './problems.ts';
import { opcuaLimits } from './settings.ts';

/**
 * One service call. The stack's own wrappers would decode structures by reading the server's whole type system first; here that is done only
 * for the values that need it.
 */
export function perform<Response>(session: ClientSession, request: object): Promise<Response> {
  return new Promise((resolve, reject) => {
    const raw = session as unknown as {
      performMessageTransaction(
        request: object,
        call: (error: Error | null, response?: unknown) => void,
      ): void;
    };
    try {
      raw.performMessageTransaction(request, (error, response) => {
        if (error) reject(error);
        else resolve(response as Response);
      });
    } catch (error) {
      reject(error as Error);
    }
  });
}

const tooLarge = new Set([
  'BadTooManyOperations',
  'BadEncodingLimitsExceeded',
  'BadRequestTooLarge',
  'BadResponseTooLarge',
  'BadTcpMessageTooLarge',
]);

/** Whether a request was refused for asking too much at once; then `limits` are halved for this session, and it can be tried in smaller parts. */
export function smaller(
  error: unknown,
  limits: OperationLimits,
  operation: keyof OperationLimits,
  asked: number,
): boolean {
  if (asked <= 1 || !tooLarge.has(statusNameIn(error) ?? '')) return false;
  limits[operation] = Math.max(1, Math.floor(asked / 2));
  return true;
}

/** Does `work` for all of `list` in parts that the server takes; a server that states no limits, or too high ones, is met half way. */
export async function inParts<T, R>(
  list: readonly T[],
  limits: OperationLimits,
  operation: keyof OperationLimits,
  work: (part: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: R[] = [];
  let at = 0;
  while (at < list.length) {
    const part = list.slice(at, at + limits[operation]);
    try {
      for (const result of await work(part)) results.push(result);
      at += part.length;
    } catch (error) {
      if (!smaller(error, limits, operation, part.length)) throw error;
    }
  }
  return results;
}

export interface Attribute {
  nodeId: NodeId;
  attributeId: AttributeIds;
}

/** Reads attributes in as many requests as the server's limits ask for; the answers stand in the order asked. */
export async function readAttributes(
  session: ClientSession,
  attributes: readonly Attribute[],
  limits: OperationLimits,
): Promise<DataValue[]> {
  return inParts(attributes, limits, 'read', async (nodesToRead) => {
    const response = await perform<ReadResponse>(
      session,
      new ReadRequest({
        maxAge: 0,
        timestampsToReturn: TimestampsToReturn.Both,
        nodesToRead: [...nodesToRead],
      }),
    );
    const results = response.results ?? [];
    if (results.length !== nodesToRead.length)
      throw new Error(`the server answered ${results.length} of ${nodesToRead.length} reads`);
    return results;
  });
}

export interface BrowseOptions {
  nodeId: NodeId;
  referenceTypeId?: number;
  inverse?: boolean;
  nodeClassMask?: number;
}

/**
 * References of several nodes, continued until complete or cut off at `most` per node (then the server is told to forget the rest).
 */
export async function browseReferences(
  session: ClientSession,
  nodes: readonly BrowseOptions[],
  limits: OperationLimits,
  most: number = opcuaLimits.browseReferencesMax,
): Promise<ReferenceDescription[][]> {
  return inParts(nodes, limits, 'browse', (part) => browsePart(session, part, most));
}

async function browsePart(
  session: ClientSession,
  nodes: readonly BrowseOptions[],
  most: number,
): Promise<ReferenceDescription[][]> {
  const request = (part: readonly BrowseOptions[]): BrowseRequest =>
    new BrowseRequest({
      requestedMaxReferencesPerNode: Math.min(most, opcuaLimits.nodesPerRequestMax),
      nodesToBrowse: part.map(
        (node) =>
          new BrowseDescription({
            nodeId: node.nodeId,
            referenceTypeId: resolveNodeId(
              `i=${node.referenceTypeId ?? ReferenceTypeIds.HierarchicalReferences}`,
            ),
            browseDirection: node.inverse === true ? BrowseDirection.Inverse : BrowseDirection.Forward,
            includeSubtypes: true,
            nodeClassMask: node.nodeClassMask ?? 0,
            resultMask: 63,
          }),
      ),
    });
  const found: ReferenceDescription[][] = nodes.map(() => []);
  let open: { index: number; point: Buffer }[] = [];
  const keep: Buffer[] = [];
  const take = (
    index: number,
    result: { references?: ReferenceDescription[] | null; continuationPoint?: Buffer | null },
  ): void => {
    const list = found[index]!;
    for (const reference of result.references ?? []) if (list.length < most) list.push(reference);
    const point = result.continuationPoint;
    if (!point || point.length === 0) return;
    if (list.length < most) open.push({ index, point });
    else keep.push(point);
  };
  const again: number[] = [];
  const response = await perform<BrowseResponse>(session, request(nodes));
  for (const [index, result] of (response.results ?? []).entries()) {
    if (index >= nodes.length) break;
    if (result.statusCode.equals(StatusCodes.BadNoContinuationPoints)) again.push(index);
    else take(index, result);
  }
  while (open.length > 0) {
    const now = open;
    open = [];
    const next = await perform<BrowseNextResponse>(
      session,
      new BrowseNextRequest({
        releaseContinuationPoints: false,
        continuationPoints: now.map((one) => one.point),
      }),
    );
    for (const [index, result] of (next.results ?? []).entries()) {
      const of = now[index];
      if (of !== undefined) take(of.index, result);
    }
  }
  if (keep.length > 0) {
    await perform(
      session,
      new BrowseNextRequest({ releaseContinuationPoints: true, continuationPoints: keep }),
    ).catch(() => {});
  }
  // A server short of continuation points answers node by node.
  for (const index of again) {
    if (nodes.length === 1) break;
    found[index] = (await browsePart(session, [nodes[index]!], most))[0]!;
  }
  return found;
}

export { AttributeIds };
