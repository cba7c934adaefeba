import type { ActionAffordance } from '@millrace/contract';
import {
  AttributeIds,
  type CallMethodResult,
  DataType,
  type NodeId,
  ReferenceTypeIds,
  VariantArrayType,
} from 'node-opcua-client';
import { asArgument } from './browse.ts';
import { commandFailure } from './commands.ts';
import { DataTypes } from './data-types.ts';
import { type Link, within } from './link.ts';
import { messageOf, problem, problemOf, raise } from './problems.ts';
import { browseReferences, readAttributes } from './requests.ts';
import { type OpcuaSettings, opcuaLimits, targetOf } from './settings.ts';
import type { Structures } from './structures.ts';
import { nodeOf, scalarOf, type Translation, valueOfVariant, WrongValue } from './values.ts';

const argumentElementsMax = 100_000;

/**
 * Calls the method of an action's form. `input` is an object of arguments by name, an array of them in order, or the value itself where there
 * is one. Resolves with what the server said: `refused` where its status is bad. Rejects with TerminalError.
 */
export async function invokeMethod(
  link: Link,
  structures: Structures,
  settings: OpcuaSettings,
  name: string,
  action: ActionAffordance,
  input: unknown,
  signal: AbortSignal,
): Promise<{ state: 'confirmed' | 'refused'; output?: unknown }> {
  const { method, object } = address(link, name, action);
  let sent = false;
  const call = async (): Promise<CallMethodResult & { names: string[] }> => {
    const { inputs, outputs } = await definitions(link, method);
    const dataTypes = new DataTypes(link.session, link.limits);
    await dataTypes.learn(inputs.map((one) => one.dataType));
    const given = inOrder(input, inputs, name);
    const inputArguments = [];
    for (const [at, one] of inputs.entries()) {
      inputArguments.push(await variantOf(given[at], one, dataTypes, structures, link));
    }
    sent = true;
    const result = await link.session.call({ objectId: object, methodId: method, inputArguments });
    return Object.assign(result, { names: outputs.map((one) => one.name) });
  };
  let result: Awaited<ReturnType<typeof call>>;
  try {
    result = await within(call(), settings.timeoutMilliseconds * 2, signal);
  } catch (error) {
    if (error instanceof WrongValue) throw badInput(name, error.message);
    if (sent) throw commandFailure(error, link, settings.endpoint);
    throw raise(problemOf(error, { address: settings.endpoint, step: 'request' }));
  }
  if (result.statusCode.value >>> 30 === 2) {
    const wrong = (result.inputArgumentResults ?? [])
      .map((one, at) => (one.value === 0 ? '' : `argument ${at + 1}: ${one.name}`))
      .filter((text) => text !== '');
    return {
      state: 'refused',
      output: { status: result.statusCode.name, ...(wrong.length > 0 ? { wrong } : {}) },
    };
  }
  const output = await translate(result, link, structures);
  return output === undefined ? { state: 'confirmed' } : { state: 'confirmed', output };
}

function address(link: Link, name: string, action: ActionAffordance): { method: NodeId; object: NodeId } {
  const form = (action.forms ?? []).find((one) => targetOf(one) !== undefined);
  const target = form === undefined ? undefined : targetOf(form);
  const owner = form?.['uav:componentOf'] ?? action['uav:componentOf'];
  const method = target === undefined ? undefined : nodeOf(target.node, link.namespaces);
  const object = typeof owner === 'string' ? nodeOf(owner, link.namespaces) : undefined;
  if (method !== undefined && object !== undefined) return { method, object };
  throw raise(
    problem(
      'bad-data',
      'action-address-unknown',
      {
        en: `The action "${name}" does not say which method of which object it is, or this server has neither`,
        zh: `操作“${name}”未说明所属对象与方法，或服务器上不存在`,
      },
      {
        en: 'Its form needs "?id=" with the method, and "uav:componentOf" with the object: browse again.',
        zh: '表单需要用 "?id=" 指明方法，用 "uav:componentOf" 指明对象：请重新浏览。',
      },
      {},
    ),
  );
}

export interface Argument {
  name: string;
  dataType: NodeId;
  valueRank: number;
}

async function definitions(link: Link, method: NodeId): Promise<{ inputs: Argument[]; outputs: Argument[] }> {
  const [properties] = await browseReferences(
    link.session,
    [{ nodeId: method, referenceTypeId: ReferenceTypeIds.HasProperty }],
    link.limits,
    50,
  );
  const find = (name: string): NodeId | undefined =>
    (properties ?? []).find((one) => one.browseName.name === name)?.nodeId as NodeId | undefined;
  const nodes = [find('InputArguments'), find('OutputArguments')];
  const values = await readAttributes(
    link.session,
    nodes.flatMap((nodeId) => (nodeId === undefined ? [] : [{ nodeId, attributeId: AttributeIds.Value }])),
    link.limits,
  );
  let at = 0;
  const [inputs, outputs] = nodes.map((node) => {
    const value: unknown = node === undefined ? undefined : values[at++]?.value?.value;
    return Array.isArray(value) ? value.flatMap(asArgument) : [];
  });
  return { inputs: inputs!, outputs: outputs! };
}

function inOrder(input: unknown, inputs: readonly Argument[], name: string): unknown[] {
  if (inputs.length === 0) return [];
  if (Array.isArray(input) && (inputs.length !== 1 || inputs[0]!.valueRank < 0)) {
    if (input.length !== inputs.length)
      throw new WrongValue(`"${name}" takes ${inputs.length} arguments, got ${input.length}`);
    return input;
  }
  if (input !== null && typeof input === 'object' && !Array.isArray(input)) {
    const unknown = Object.keys(input).find((key) => !inputs.some((one) => one.name === key));
    const fits = inputs.every((one) => Object.hasOwn(input, one.name));
    if (fits && unknown === undefined)
      return inputs.map((one) => (input as Record<string, unknown>)[one.name]);
    if (inputs.length > 1) {
      const missing = inputs.find((one) => !Object.hasOwn(input, one.name))?.name;
      throw new WrongValue(
        missing !== undefined
          ? `"${name}" needs the argument "${missing}"`
          : `"${name}" has no argument "${unknown}"; it takes ${inputs.map((one) => one.name).join(', ')}`,
      );
    }
  }
  if (inputs.length === 1) return [input];
  throw new WrongValue(`"${name}" takes ${inputs.map((one) => one.name).join(', ')}`);
}

/** A JSON value as the variant a node or an argument wants. Throws WrongValue. */
export async function variantOf(
  value: unknown,
  argument: Argument,
  dataTypes: DataTypes,
  structures: Structures,
  link: Link,
): Promise<{ dataType: DataType; arrayType: VariantArrayType; value: unknown }> {
  const { builtin, schema } = dataTypes.facts(argument.dataType);
  const one = async (element: unknown): Promise<unknown> => {
    if (builtin !== 22)
      return scalarOf(dataTypeOf(builtin, element), element, argument.name, link.namespaces);
    if (element === null || typeof element !== 'object')
      throw new WrongValue(`"${argument.name}" must be an object of ${schema.title ?? 'its structure'}`);
    return structures.make(argument.dataType, element);
  };
  if (argument.valueRank < 0 && !(argument.valueRank < -1 && Array.isArray(value))) {
    return {
      dataType: dataTypeOf(builtin, value),
      arrayType: VariantArrayType.Scalar,
      value: await one(value),
    };
  }
  if (!Array.isArray(value)) throw new WrongValue(`"${argument.name}" must be an array`);
  if (value.length > argumentElementsMax)
    throw new WrongValue(
      `"${argument.name}" has ${value.length} elements; at most ${argumentElementsMax} are sent`,
    );
  const list: unknown[] = [];
  for (const element of value) list.push(await one(element));
  return { dataType: dataTypeOf(builtin, value[0]), arrayType: VariantArrayType.Array, value: list };
}

/** The built-in type to send; where the server takes any number or anything, the one JSON itself has. */
function dataTypeOf(builtin: number, value: unknown): DataType {
  switch (builtin) {
    case 29:
      return DataType.Int32;
    case 26:
      return DataType.Double;
    case 27:
      return DataType.Int64;
    case 28:
      return DataType.UInt64;
    case 24:
      return typeof value === 'boolean'
        ? DataType.Boolean
        : typeof value === 'number'
          ? DataType.Double
          : DataType.String;
    default:
      return builtin as DataType;
  }
}

async function translate(
  result: CallMethodResult & { names: string[] },
  link: Link,
  structures: Structures,
): Promise<Record<string, unknown> | undefined> {
  const variants = result.outputArguments ?? [];
  if (variants.length === 0) return undefined;
  const translation: Translation = {
    namespaces: link.namespaces,
    structure: (encoding, body) => structures.decode(encoding, body),
  };
  for (let round = 0; ; round++) {
    const output: Record<string, unknown> = {};
    for (const [at, variant] of variants.entries()) {
      const value = valueOfVariant(variant, translation);
      Object.defineProperty(output, result.names[at] ?? `output${at + 1}`, {
        value: typeof value === 'bigint' ? value.toString() : (value ?? null),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    if (!structures.wanting || round >= opcuaLimits.structureDepthMax) return output;
    await structures.load();
  }
}

function badInput(name: string, message: string): Error {
  return raise(
    problem(
      'bad-data',
      'action-input-wrong',
      {
        en: `The input of "${name}" does not fit: ${messageOf(message)}`,
        zh: `操作“${name}”的输入不符：${messageOf(message)}`,
      },
      { en: 'Give it as the action describes.', zh: '请按操作说明填写。' },
      {},
    ),
  );
}
