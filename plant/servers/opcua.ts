import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Value } from '@millrace/contract';
import {
  type CallMethodResultOptions,
  DataType,
  DataValue,
  type ExtensionObject,
  type IVariableHistorian,
  MessageSecurityMode,
  makeAccessLevelFlag,
  makeEUInformation,
  type Namespace,
  nodesets,
  OPCUACertificateManager,
  OPCUAServer,
  type ReadRawModifiedDetails,
  SecurityPolicy,
  type StatusCode,
  StatusCodes,
  setErrorLogger,
  setWarningLogger,
  type UADataType,
  type UAObject,
  type UAVariable,
  Variant,
  VariantArrayType,
} from 'node-opcua';
import { ChangeDetector } from '../engine/change.ts';
import type { CompiledProperty, CompiledThing } from '../engine/compile.ts';
import { historyValuesMax } from '../engine/history.ts';
import type { Signal } from '../engine/model.ts';
import { opcuaIdentifier, opcuaNamespace } from '../engine/thing-description.ts';
import type { Outlet, OutletContext } from './outlet.ts';

export interface OpcuaOptions extends OutletContext {
  connection: string;
  things: readonly CompiledThing[];
  host: string;
  port: number;
}

export interface OpcuaOutlet extends Outlet {
  /** SHA-256 of the server's certificate, 64 hexadecimal digits: what a client compares to know this server. */
  thumbprint: string;
}

const certificateYears = 20;
const sessionsMax = 20;
const connectionsMax = 20;

/**
 * A machine's controller as an OPC UA server: a folder per group with analogue items that carry unit and range, a structure, an
 * array, methods, and history of the values worth it. Secured endpoints (Basic256Sha256 and newer) and one without security, all
 * for anonymous users: access control is not what this plant demonstrates. Any client's certificate is taken.
 */
export async function openOpcua(options: OpcuaOptions): Promise<OpcuaOutlet> {
  const { model, folder, connection, things, host, port, log } = options;
  // The library's own remarks go where ours go, and its warnings about clients nowhere: a plant's console is for its people.
  setWarningLogger(() => {});
  setErrorLogger((...words: unknown[]) => log.warn(`opcua: ${words.map(String).join(' ').slice(0, 500)}`));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const certificates = new OPCUACertificateManager({
    name: 'trust',
    rootFolder: join(folder, 'pki'),
    automaticallyAcceptUnknownCertificate: true,
  });
  await certificates.initialize();
  const applicationUri = `urn:millrace:demo:server:${connection}`;
  const certificateFile = join(folder, `${connection}.pem`);
  if (!existsSync(certificateFile)) {
    const startDate = new Date();
    startDate.setDate(startDate.getDate() - 1);
    await certificates.createSelfSignedCertificate({
      applicationUri,
      subject: `/CN=${connection}/O=Millrace Demo`,
      dns: [hostname(), 'localhost'],
      ip: [host],
      startDate,
      validity: 365 * certificateYears,
      outputFile: certificateFile,
    });
  }
  const title = things[0]!.spec.titles.en;
  const nodesetFiles: string[] = [nodesets.standard];
  const structures = structureNodeset(things);
  if (structures !== undefined) {
    const file = join(folder, `${connection}.types.xml`);
    writeFileSync(file, structures);
    nodesetFiles.push(file);
  }
  const server = new OPCUAServer({
    host,
    hostname: host,
    port,
    certificateFile,
    privateKeyFile: certificates.privateKey,
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    allowAnonymous: true,
    serverCapabilities: { maxSessions: sessionsMax },
    maxConnectionsPerEndpoint: connectionsMax,
    securityModes: [MessageSecurityMode.SignAndEncrypt, MessageSecurityMode.Sign, MessageSecurityMode.None],
    securityPolicies: [
      SecurityPolicy.Basic256Sha256,
      SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss,
      SecurityPolicy.None,
    ],
    nodeset_filename: nodesetFiles,
    registerServerMethod: 1,
    serverInfo: {
      applicationUri,
      productUri: 'urn:millrace:demo',
      applicationName: { text: title, locale: 'en' },
    },
    buildInfo: { productName: title, manufacturerName: 'Millrace Demo', softwareVersion: '1.0' },
  });
  await server.initialize();
  const addressSpace = server.engine.addressSpace!;
  const namespace = addressSpace.registerNamespace(opcuaNamespace);
  const variables = new Map<number, { write(now: Date): void }>();
  const changes = new ChangeDetector(model);
  for (const thing of things) {
    addMachine(options, server, namespace as Namespace, thing, changes, variables);
  }
  await server.start();

  let offline = false;
  let changing = Promise.resolve();
  const setOffline = (next: boolean): void => {
    offline = next;
    changing = changing.then(async () => {
      if (next) {
        for (const endpoint of server.endpoints) endpoint.abruptlyInterruptChannels();
        await server.suspendEndPoints();
      } else {
        await server.resumeEndPoints();
      }
    });
    changing = changing.catch((error: Error) => log.warn(`${connection}: ${error.message}`));
  };

  const der = Buffer.from(readFileSync(certificateFile, 'utf8').replace(/-----[A-Z ]+-----/g, ''), 'base64');
  return {
    thumbprint: createHash('sha256').update(der).digest('hex'),
    seen(signals) {
      const now = new Date(model.time / 1000);
      for (const signal of signals) variables.get(signal.index)?.write(now);
    },
    stepped() {
      const next = things.some((thing) => model.isOffline(thing));
      if (next !== offline) setOffline(next);
    },
    async close() {
      await changing;
      await server.shutdown(0);
    },
  };
}

function addMachine(
  options: OpcuaOptions,
  server: OPCUAServer,
  namespace: Namespace,
  thing: CompiledThing,
  changes: ChangeDetector,
  variables: Map<number, { write(now: Date): void }>,
): void {
  const { model, history } = options;
  const addressSpace = server.engine.addressSpace!;
  const { kind, spec } = thing;
  const machine = namespace.addObject({
    organizedBy: addressSpace.rootFolder.objects,
    browseName: spec.titles.en,
    displayName: spec.titles.en,
    nodeId: `s=${spec.titles.en}`,
  });
  if (kind.manufacturer !== undefined || kind.model !== undefined) {
    const plate = folderOf(namespace, machine, spec.titles.en, 'Identification');
    for (const [name, value] of [
      ['Manufacturer', kind.manufacturer],
      ['Model', kind.model],
      ['SerialNumber', `${kind.model ?? 'M'}-${String(1000 + thing.position)}`],
    ] as const) {
      if (value === undefined) continue;
      namespace.addVariable({
        propertyOf: plate,
        browseName: name,
        nodeId: `s=${spec.titles.en}.Identification.${name}`,
        dataType: DataType.String,
        value: { dataType: DataType.String, value },
      });
    }
  }
  const folders = new Map<string, UAObject>();
  const folder = (name: string): UAObject => {
    let known = folders.get(name);
    if (known === undefined) folders.set(name, (known = folderOf(namespace, machine, spec.titles.en, name)));
    return known;
  };

  for (const signal of model.signals) {
    if (signal.thing !== thing) continue;
    const { property } = signal;
    const group = property.spec.group ?? 'Data';
    const node = {
      componentOf: folder(group),
      browseName: property.name,
      displayName: property.spec.titles.en,
      nodeId: `s=${opcuaIdentifier(thing, property.spec.group, property.name)}`,
      minimumSamplingInterval: signal.interval * 1000,
    };
    let variable: UAVariable;
    let variantOf: () => Variant;
    if (property.form === 'object') {
      const dataType = addressSpace.findNode(
        `ns=${namespace.index};s=${spec.titles.en}.Types.${structureName(property)}`,
      ) as UADataType;
      variantOf = () =>
        new Variant({
          dataType: DataType.ExtensionObject,
          value: addressSpace.constructExtensionObject(
            dataType,
            model.valueOf(signal) as Record<string, unknown>,
          ) as ExtensionObject,
        });
      variable = namespace.addVariable({ ...node, dataType: dataType.nodeId, value: variantOf() });
    } else {
      const dataType = dataTypeOf(property);
      const isArray = property.form === 'array';
      variantOf = () =>
        new Variant({
          dataType,
          arrayType: isArray ? VariantArrayType.Array : VariantArrayType.Scalar,
          value: wireValue(dataType, isArray, model.valueOf(signal)),
        });
      const analogue = property.spec.unit !== undefined && property.form !== 'boolean';
      const writable = property.spec.writes !== undefined;
      const access = writable
        ? makeAccessLevelFlag('CurrentRead | CurrentWrite')
        : history.has(signal)
          ? makeAccessLevelFlag('CurrentRead | HistoryRead')
          : makeAccessLevelFlag('CurrentRead');
      const shared = {
        ...node,
        dataType,
        valueRank: isArray ? 1 : -1,
        ...(isArray ? { arrayDimensions: [property.slots.length] } : {}),
        accessLevel: access,
        userAccessLevel: access,
        value: variantOf(),
      };
      const [low, high] = property.spec.range ?? [0, 4_294_967_295];
      variable = analogue
        ? (namespace.addAnalogDataItem({
            ...shared,
            definition: property.spec.titles.en,
            valuePrecision: property.spec.resolution ?? 1,
            engineeringUnits: makeEUInformation(
              property.spec.unit!,
              property.spec.unit!,
              property.spec.unit!,
            ),
            engineeringUnitsRange: { low, high },
          }) as unknown as UAVariable)
        : namespace.addVariable(shared);
      if (writable) bindWrite(options, variable, signal, dataType);
      if (history.has(signal)) {
        addressSpace.installHistoricalDataNode(variable, { historian: historian(options, signal, dataType) });
      }
    }
    // A writable node is read from the model itself, so that a write is seen at once.
    if (property.spec.writes === undefined) {
      variables.set(signal.index, { write: writer(options, changes, signal, variable, variantOf) });
    }
  }

  for (const action of thing.actions) {
    const declared = kind.actions[action.name]!;
    const method = namespace.addMethod(folder('Methods'), {
      browseName: action.name,
      displayName: declared.titles.en,
      nodeId: `s=${opcuaIdentifier(thing, 'Methods', action.name)}`,
      inputArguments: Object.entries(declared.input).map(([name, input]) => ({
        name,
        dataType: input.type === 'boolean' ? DataType.Boolean : DataType.Double,
        description: { text: `${input.titles.en}${input.unit === undefined ? '' : ` (${input.unit})`}` },
      })),
      outputArguments: [],
    });
    method.bindMethod((inputs, _context, callback) => {
      const given = Object.fromEntries(
        Object.keys(declared.input).map((name, position) => [name, inputs[position]?.value as unknown]),
      );
      const outcome = model.invoke(thing, action.name, given);
      const result: CallMethodResultOptions =
        outcome.state === 'confirmed'
          ? { statusCode: StatusCodes.Good, outputArguments: [] }
          : { statusCode: StatusCodes.BadInvalidState, outputArguments: [] };
      callback(null, result);
    });
  }
}

function folderOf(namespace: Namespace, machine: UAObject, title: string, name: string): UAObject {
  return namespace.addObject({
    componentOf: machine,
    browseName: name,
    nodeId: `s=${title}.${name}`,
  });
}

/** Writes a signal's value into its node where it changed, with the instrument's own time and quality. */
function writer(
  { model }: OpcuaOptions,
  changes: ChangeDetector,
  signal: Signal,
  variable: UAVariable,
  variantOf: () => Variant,
): (now: Date) => void {
  const { bad } = signal.property;
  return (now) => {
    if (!changes.changed(signal)) return;
    const isBad = bad !== undefined && model.values[bad] !== 0;
    variable.setValueFromSource(
      isBad ? variable.readValue().value : variantOf(),
      isBad ? StatusCodes.BadSensorFailure : StatusCodes.Good,
      now,
    );
  };
}

function bindWrite({ model }: OpcuaOptions, variable: UAVariable, signal: Signal, dataType: DataType): void {
  variable.bindVariable(
    {
      timestamped_get: () =>
        new DataValue({
          value: new Variant({ dataType, value: wireValue(dataType, false, model.valueOf(signal)) }),
          statusCode: StatusCodes.Good,
          sourceTimestamp: new Date(model.time / 1000),
          serverTimestamp: new Date(model.time / 1000),
        }),
      timestamped_set: (dataValue: DataValue, callback: (error: Error | null, code: StatusCode) => void) => {
        const taken = model.write(signal, Number(dataValue.value.value));
        callback(null, taken ? StatusCodes.Good : StatusCodes.BadOutOfRange);
      },
    },
    true,
  );
}

/** HistoryRead from the controller's own memory. */
function historian({ history }: OpcuaOptions, signal: Signal, dataType: DataType): IVariableHistorian {
  return {
    push: () => Promise.resolve(),
    extractDataValues(
      details: ReadRawModifiedDetails,
      most: number,
      isReversed: boolean,
      reverseDataValue: boolean,
      callback: (error: Error | null, values?: DataValue[]) => void,
    ) {
      const bound = (date: Date | null | undefined, otherwise: number): number =>
        date === null || date === undefined || date.getTime() < 0 ? otherwise : date.getTime() * 1000;
      const values = history
        .read(
          signal,
          bound(details.startTime, 0),
          bound(details.endTime, Number.MAX_SAFE_INTEGER),
          most > 0 ? most : historyValuesMax,
          isReversed,
        )
        .map(({ time, value }) => {
          const date = new Date(time / 1000);
          const isBad = Number.isNaN(value);
          return new DataValue({
            value: new Variant({ dataType, value: isBad ? 0 : value }),
            statusCode: isBad ? StatusCodes.BadSensorFailure : StatusCodes.Good,
            sourceTimestamp: date,
            serverTimestamp: date,
          });
        });
      callback(null, reverseDataValue ? values.reverse() : values);
    },
  };
}

/** Name of a structure's type. */
function structureName(property: CompiledProperty): string {
  return `${property.name[0]!.toUpperCase()}${property.name.slice(1)}Type`;
}

/**
 * The structures of machines as a nodeset (OPC 10000-6, annex F), which the server loads with the standard one: data types with
 * their definition and binary encoding. Undefined where there are none.
 */
function structureNodeset(things: readonly CompiledThing[]): string | undefined {
  const nodes: string[] = [];
  for (const thing of things) {
    for (const property of thing.properties) {
      if (property.form !== 'object') continue;
      const name = structureName(property);
      const id = `ns=1;s=${thing.spec.titles.en}.Types.${name}`;
      const encoding = `${id}.DefaultBinary`;
      const fields = property.fields
        .map((field) => `<Field Name="${xml(field.name)}" DataType="${dataTypeId(dataTypeOf(field))}"/>`)
        .join('');
      nodes.push(
        `<UADataType NodeId="${xml(id)}" BrowseName="1:${xml(name)}"><DisplayName>${xml(name)}</DisplayName>` +
          '<References><Reference ReferenceType="i=45" IsForward="false">i=22</Reference></References>' +
          `<Definition Name="1:${xml(name)}">${fields}</Definition></UADataType>`,
        `<UAObject NodeId="${xml(encoding)}" BrowseName="Default Binary" SymbolicName="DefaultBinary"><DisplayName>Default Binary</DisplayName>` +
          `<References><Reference ReferenceType="i=38" IsForward="false">${xml(id)}</Reference>` +
          '<Reference ReferenceType="i=40">i=76</Reference></References></UAObject>',
      );
    }
  }
  if (nodes.length === 0) return undefined;
  return (
    '<?xml version="1.0" encoding="utf-8"?>\n' +
    '<UANodeSet xmlns="http://opcfoundation.org/UA/2011/03/UANodeSet.xsd">' +
    `<NamespaceUris><Uri>${opcuaNamespace}</Uri></NamespaceUris>` +
    `<Models><Model ModelUri="${opcuaNamespace}" Version="1.0.0" PublicationDate="2026-01-01T00:00:00Z"/></Models>` +
    `${nodes.join('')}</UANodeSet>`
  );
}

function xml(text: string): string {
  return text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Standard node id of a built-in type. */
function dataTypeId(dataType: DataType): string {
  return `i=${dataType}`;
}

function dataTypeOf(property: CompiledProperty): DataType {
  switch (property.form) {
    case 'number':
    case 'array':
      return DataType.Double;
    case 'integer':
      return DataType.Int32;
    case 'boolean':
      return DataType.Boolean;
    default:
      return DataType.String;
  }
}

function wireValue(dataType: DataType, isArray: boolean, value: Value | undefined): unknown {
  if (isArray) return Float64Array.from((value ?? []) as number[]);
  if (value !== undefined)
    return dataType === DataType.String && typeof value !== 'string' ? JSON.stringify(value) : value;
  return dataType === DataType.String ? '' : dataType === DataType.Boolean ? false : 0;
}
