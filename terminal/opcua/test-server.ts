/** The server the tests connect to: node-opcua's own, with every kind of value, structures, history and methods. Not part of the product. */
import { mkdtempSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './test-quiet.ts';
import {
  type AddressSpace,
  coerceLocalizedText,
  crypto_utils,
  DataType,
  MessageSecurityMode,
  makeEUInformation,
  type Namespace,
  nodesets,
  OPCUACertificateManager,
  OPCUAServer,
  type OPCUAServerOptions,
  resolveNodeId,
  SecurityPolicy,
  type StatusCode,
  StatusCodes,
  type UAMethod,
  type UAObject,
  type UAVariable,
  Variant,
  VariantArrayType,
} from 'node-opcua';

export const sampleNamespace = 'urn:millrace:test:machine';

export interface SampleOptions {
  port?: number;
  policies?: SecurityPolicy[];
  modes?: MessageSecurityMode[];
  /** Certificate and key of the server, PEM files. */
  certificate?: { certificateFile: string; privateKeyFile: string };
  trustClients?: boolean;
  allowAnonymous?: boolean;
  user?: { name: string; password: string };
  announcedHost?: string;
  server?: Partial<OPCUAServerOptions>;
  /** Adds to, or replaces, the sample address space. */
  build?: (machine: Machine) => void;
  maxSessions?: number;
}

export interface Machine {
  server: OPCUAServer;
  endpoint: string;
  port: number;
  addressSpace: AddressSpace;
  namespace: Namespace;
  object: UAObject;
  variables: Record<string, UAVariable>;
  set(name: string, value: unknown, at?: Date, status?: StatusCode): void;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

let sharedFolder: string | undefined;

/** One folder for the keys of all tests in a file: making one takes as long as everything else. */
export function testFolder(): string {
  sharedFolder ??= mkdtempSync(join(tmpdir(), 'millrace-opcua-'));
  return sharedFolder;
}

/** Makes a certificate with the given dates and names; PEM files in the test folder. */
export async function makeCertificate(
  name: string,
  options: { from?: Date; to?: Date; hosts?: string[]; ip?: string[]; applicationUri?: string } = {},
): Promise<{ certificateFile: string; privateKeyFile: string; certificatePem: string; keyPem: string }> {
  const key = await crypto_utils.generatePrivateKey(2048);
  const { cert } = await crypto_utils.createSelfSignedCertificate({
    privateKey: key,
    notBefore: options.from ?? new Date(Date.now() - 86_400_000),
    notAfter: options.to ?? new Date(Date.now() + 365 * 86_400_000),
    subject: `/CN=${name}/O=Test`,
    dns: options.hosts ?? ['localhost'],
    ip: options.ip ?? ['127.0.0.1'],
    applicationUri: options.applicationUri ?? 'urn:millrace:test:server',
    purpose: crypto_utils.CertificatePurpose.ForApplication,
  });
  const { privPem } = await crypto_utils.privateKeyToPEM(key);
  const certificateFile = join(testFolder(), `${name}.certificate.pem`);
  const privateKeyFile = join(testFolder(), `${name}.key.pem`);
  await writeFile(certificateFile, cert);
  await writeFile(privateKeyFile, privPem);
  return {
    certificateFile,
    privateKeyFile,
    certificatePem: cert,
    keyPem: await readFile(privateKeyFile, 'utf8'),
  };
}

export const typesNamespace = 'urn:millrace:test:types';

/** An enumeration, a structure, and a structure of those, as a maker's companion specification would define them. */
const typesXml = `<?xml version="1.0" encoding="utf-8"?>
<UANodeSet xmlns="http://opcfoundation.org/UA/2011/03/UANodeSet.xsd">
<NamespaceUris><Uri>${typesNamespace}</Uri></NamespaceUris>
<Models><Model ModelUri="${typesNamespace}" Version="1.0.0" PublicationDate="2024-01-01T00:00:00Z">
<RequiredModel ModelUri="http://opcfoundation.org/UA/"/></Model></Models>
<Aliases>
<Alias Alias="UInt32">i=7</Alias><Alias Alias="UInt64">i=9</Alias><Alias Alias="Double">i=11</Alias><Alias Alias="String">i=12</Alias>
<Alias Alias="UtcTime">i=294</Alias><Alias Alias="HasSubtype">i=45</Alias><Alias Alias="HasEncoding">i=38</Alias>
<Alias Alias="HasTypeDefinition">i=40</Alias>
</Aliases>
<UADataType NodeId="ns=1;i=1" BrowseName="1:ProgramState"><DisplayName>ProgramState</DisplayName>
<References><Reference ReferenceType="HasSubtype" IsForward="false">i=29</Reference></References>
<Definition Name="1:ProgramState"><Field Name="Idle" Value="0"/><Field Name="Cutting" Value="7"/></Definition></UADataType>
<UADataType NodeId="ns=1;i=2" BrowseName="1:ToolDataType"><DisplayName>ToolDataType</DisplayName>
<References><Reference ReferenceType="HasSubtype" IsForward="false">i=22</Reference></References>
<Definition Name="1:ToolDataType"><Field Name="Number" DataType="UInt32"/><Field Name="Name" DataType="String"/>
<Field Name="Lengths" DataType="Double" ValueRank="1"/><Field Name="Changed" DataType="UtcTime"/><Field Name="Cuts" DataType="UInt64"/>
</Definition></UADataType>
<UADataType NodeId="ns=1;i=3" BrowseName="1:StateDataType"><DisplayName>StateDataType</DisplayName>
<References><Reference ReferenceType="HasSubtype" IsForward="false">i=22</Reference></References>
<Definition Name="1:StateDataType"><Field Name="Program" DataType="ns=1;i=1"/><Field Name="Tool" DataType="ns=1;i=2"/>
<Field Name="Magazine" DataType="ns=1;i=2" ValueRank="1"/></Definition></UADataType>
<UAObject NodeId="ns=1;i=12" BrowseName="Default Binary" SymbolicName="DefaultBinary"><DisplayName>Default Binary</DisplayName>
<References><Reference ReferenceType="HasEncoding" IsForward="false">ns=1;i=2</Reference>
<Reference ReferenceType="HasTypeDefinition">i=76</Reference></References></UAObject>
<UAObject NodeId="ns=1;i=13" BrowseName="Default Binary" SymbolicName="DefaultBinary"><DisplayName>Default Binary</DisplayName>
<References><Reference ReferenceType="HasEncoding" IsForward="false">ns=1;i=3</Reference>
<Reference ReferenceType="HasTypeDefinition">i=76</Reference></References></UAObject>
</UANodeSet>`;

async function typesFile(): Promise<string> {
  const path = join(testFolder(), 'types.xml');
  await writeFile(path, typesXml);
  return path;
}

let sharedCertificate: ReturnType<typeof makeCertificate> | undefined;

export async function startSample(options: SampleOptions = {}): Promise<Machine> {
  sharedCertificate ??= makeCertificate('server');
  const certificate = options.certificate ?? (await sharedCertificate);
  const port = options.port ?? (await freePort());
  const manager = new OPCUACertificateManager({
    automaticallyAcceptUnknownCertificate: options.trustClients ?? true,
    rootFolder: mkdtempSync(join(testFolder(), 'pki-')),
  });
  await manager.initialize();
  const server = new OPCUAServer({
    port,
    hostname: options.announcedHost ?? '127.0.0.1',
    certificateFile: certificate.certificateFile,
    privateKeyFile: certificate.privateKeyFile,
    serverCertificateManager: manager,
    userCertificateManager: manager,
    nodeset_filename: [nodesets.standard, await typesFile()],
    securityPolicies: options.policies ?? [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
    securityModes: options.modes ?? [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: options.allowAnonymous ?? true,
    ...(options.user === undefined
      ? {}
      : {
          userManager: {
            isValidUser: (name: string, password: string) =>
              name === options.user!.name && password === options.user!.password,
          },
        }),
    serverInfo: {
      applicationUri: 'urn:millrace:test:server',
      productUri: 'urn:millrace:test',
      applicationName: { text: 'Sample', locale: 'en' },
    },
    serverCapabilities: {
      maxSessions: options.maxSessions ?? 20,
      minSupportedSampleRate: 0,
      operationLimits: { maxMonitoredItemsPerCall: 1000, maxNodesPerRead: 1000, maxNodesPerBrowse: 500 },
    },
    ...options.server,
  } as OPCUAServerOptions);
  await server.initialize();
  const addressSpace = server.engine.addressSpace!;
  const namespace = addressSpace.registerNamespace(sampleNamespace);
  const object = namespace.addObject({
    browseName: 'Machine',
    nodeId: 's=Machine',
    organizedBy: addressSpace.rootFolder.objects,
  });
  const machine: Machine = {
    server,
    endpoint: `opc.tcp://127.0.0.1:${port}`,
    port,
    addressSpace,
    namespace,
    object,
    variables: {},
    set(name, value, at, status) {
      const variable = machine.variables[name]!;
      const { dataType, arrayType, dimensions } = variable.readValue().value;
      variable.setValueFromSource(
        value === undefined
          ? new Variant({ dataType: DataType.Null })
          : new Variant({ dataType, arrayType, value, ...(dimensions ? { dimensions } : {}) }),
        status ?? StatusCodes.Good,
        at ?? new Date(),
      );
    },
    stop: () => server.shutdown(0),
  };
  build(machine);
  options.build?.(machine);
  await server.start();
  return machine;
}

function build(machine: Machine): void {
  const { namespace, object, addressSpace, variables } = machine;
  const add = (
    name: string,
    dataType: string,
    value: { dataType: DataType; value: unknown; arrayType?: VariantArrayType; dimensions?: number[] },
    more: object = {},
  ): UAVariable => {
    const variable = namespace.addVariable({
      browseName: name,
      nodeId: `s=${name}`,
      componentOf: object,
      dataType,
      ...more,
    });
    variable.setValueFromSource({ arrayType: VariantArrayType.Scalar, ...value } as never);
    variables[name] = variable;
    return variable;
  };
  variables['Temperature'] = namespace.addAnalogDataItem({
    browseName: 'Temperature',
    nodeId: 's=Temperature',
    componentOf: object,
    description: 'Spindle bearing',
    dataType: 'Double',
    engineeringUnitsRange: { low: 10, high: 80 },
    instrumentRange: { low: -40, high: 200 },
    engineeringUnits: makeEUInformation('CEL', '°C', 'degree Celsius'),
    value: { dataType: DataType.Double, value: 21.5 },
  }) as unknown as UAVariable;
  variables['Running'] = namespace.addTwoStateDiscrete({
    browseName: 'Running',
    nodeId: 's=Running',
    componentOf: object,
    trueState: 'runs',
    falseState: 'stands',
    value: true,
  } as never) as unknown as UAVariable;
  variables['Mode'] = namespace.addMultiStateDiscrete({
    browseName: 'Mode',
    nodeId: 's=Mode',
    componentOf: object,
    enumStrings: ['Manual', 'Automatic'],
    value: 1,
  } as never) as unknown as UAVariable;
  add('Bool', 'Boolean', { dataType: DataType.Boolean, value: true });
  add('SByte', 'SByte', { dataType: DataType.SByte, value: -5 });
  add('Byte', 'Byte', { dataType: DataType.Byte, value: 250 });
  add('Int16', 'Int16', { dataType: DataType.Int16, value: -300 });
  // Reported at every change, not sampled.
  const atOnce = { minimumSamplingInterval: 0 };
  add('UInt16', 'UInt16', { dataType: DataType.UInt16, value: 60_000 }, atOnce);
  add('Int32', 'Int32', { dataType: DataType.Int32, value: -70_000 }, atOnce);
  add('UInt32', 'UInt32', { dataType: DataType.UInt32, value: 4_000_000_000 });
  add('Int64', 'Int64', { dataType: DataType.Int64, value: [0xffff_ffff, 0xffff_fffe] });
  add('UInt64', 'UInt64', { dataType: DataType.UInt64, value: [0xffff_ffff, 0xffff_ffff] });
  add('Float', 'Float', { dataType: DataType.Float, value: 230.1 });
  add('Double', 'Double', { dataType: DataType.Double, value: 1e-12 });
  add('String', 'String', { dataType: DataType.String, value: '主轴 α' });
  add('DateTime', 'DateTime', { dataType: DataType.DateTime, value: new Date('2024-02-29T12:00:00.123Z') });
  add('Guid', 'Guid', { dataType: DataType.Guid, value: '72962B91-FA75-4AE6-8D28-B404DC7DAF63' });
  add('ByteString', 'ByteString', { dataType: DataType.ByteString, value: Buffer.from('abc') });
  add('LocalizedText', 'LocalizedText', {
    dataType: DataType.LocalizedText,
    value: coerceLocalizedText({ text: 'door open', locale: 'en' }),
  });
  add('NodeId', 'NodeId', { dataType: DataType.NodeId, value: resolveNodeId('ns=1;s=Machine') });
  add(
    'Doubles',
    'Double',
    { dataType: DataType.Double, arrayType: VariantArrayType.Array, value: Float64Array.of(1, 2.5, 3) },
    { valueRank: 1 },
  );
  add(
    'Strings',
    'String',
    { dataType: DataType.String, arrayType: VariantArrayType.Array, value: ['a', 'b'] },
    { valueRank: 1 },
  );
  add(
    'Matrix',
    'Int32',
    {
      dataType: DataType.Int32,
      arrayType: VariantArrayType.Matrix,
      dimensions: [2, 3],
      value: Int32Array.of(1, 2, 3, 4, 5, 6),
    },
    { valueRank: 2, arrayDimensions: [2, 3] },
  );
  add(
    'Setpoint',
    'Double',
    { dataType: DataType.Double, value: 5 },
    { accessLevel: 'CurrentRead | CurrentWrite', userAccessLevel: 'CurrentRead | CurrentWrite' },
  );
  addStructures(machine);
  const history = namespace.addVariable({
    browseName: 'Pressure',
    nodeId: 's=Pressure',
    componentOf: object,
    dataType: 'Double',
  });
  variables['Pressure'] = history;
  history.setValueFromSource({ dataType: DataType.Double, value: 1 });
  addressSpace.installHistoricalDataNode(history, { maxOnlineValues: 10_000 });
  addMethods(machine);
}

function addStructures(machine: Machine): void {
  const { namespace, addressSpace, object, variables } = machine;
  const types = addressSpace.getNamespaceIndex(typesNamespace);
  const program = resolveNodeId(`ns=${types};i=1`);
  const state = resolveNodeId(`ns=${types};i=3`);
  const toolValue = (number: number): object => ({
    number,
    name: `T${number}`,
    lengths: [120.5, 0.25],
    changed: new Date('2024-05-01T06:00:00Z'),
    cuts: [0x00200000, 1],
  });
  const value = addressSpace.constructExtensionObject(state, {
    program: 7,
    tool: toolValue(4),
    magazine: [toolValue(1), toolValue(2)],
  });
  const variable = namespace.addVariable({
    browseName: 'State',
    nodeId: 's=State',
    componentOf: object,
    dataType: state,
  } as never);
  variable.setValueFromSource({ dataType: DataType.ExtensionObject, value });
  variables['State'] = variable;
  const phase = namespace.addVariable({
    browseName: 'Phase',
    nodeId: 's=Phase',
    componentOf: object,
    dataType: program,
  } as never);
  phase.setValueFromSource({ dataType: DataType.Int32, value: 7 });
  variables['Phase'] = phase;
}

function addMethods(machine: Machine): void {
  const { namespace, object } = machine;
  const method: UAMethod = namespace.addMethod(object, {
    browseName: 'Add',
    nodeId: 's=Add',
    inputArguments: [
      { name: 'a', dataType: DataType.Int32, description: { text: 'first' } },
      { name: 'b', dataType: DataType.Double, description: { text: 'second' } },
    ],
    outputArguments: [{ name: 'sum', dataType: DataType.Double, description: { text: 'a + b' } }],
  } as never);
  method.bindMethod((inputs, _context, callback) => {
    const [a, b] = inputs.map((one) => one.value as number);
    if (a! < 0) callback(null, { statusCode: StatusCodes.BadOutOfRange, outputArguments: [] });
    else
      callback(null, {
        statusCode: StatusCodes.Good,
        outputArguments: [new Variant({ dataType: DataType.Double, value: a! + b! })],
      });
  });
}
