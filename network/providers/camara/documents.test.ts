import { expect, test } from 'vitest';
import {
  type CamaraApi,
  type CamaraOperation,
  camaraApis,
  operationNamed,
  subscriptionTypes,
} from './apis.ts';
import { documentsThere, OpenApiDocument, type Schema } from './test-documents.ts';
import { type Loose, settle, TestPlant } from './test-plant.ts';

/**
 * The server against the published documents, over every operation they have. Without MILLRACE_DATA (or the documents below it) nothing of this can
 * be said, and the tests are skipped.
 */
const loaded = new Map<string, OpenApiDocument>();
const documentOf = (api: CamaraApi): OpenApiDocument => {
  const found = loaded.get(api.name) ?? new OpenApiDocument(api);
  loaded.set(api.name, found);
  return found;
};
const operationOf = (document: OpenApiDocument, { path, method }: CamaraOperation): Schema =>
  document.content['paths'][path][method.toLowerCase()];

/** Codes a response of the document lists. */
function codesOf(document: OpenApiDocument, response: Schema): string[] {
  const found: string[] = [];
  const look = (node: Schema): void => {
    const one = document.resolve(node);
    found.push(...(one['properties']?.code?.enum ?? []));
    for (const part of [...(one['allOf'] ?? []), ...(one['oneOf'] ?? []), ...(one['anyOf'] ?? [])])
      look(part);
  };
  const content = document.resolve(response)['content']?.['application/json'];
  if (content !== undefined) look(content.schema);
  return found;
}

test.skipIf(!documentsThere).each(camaraApis.map((api) => [api.name, api] as const))(
  '%s is the released version, operation for operation',
  (_, api) => {
    const document = documentOf(api);
    expect(document.content['info'].version).toBe(api.version);
    expect(api.bases.map((base) => `{apiRoot}/${base}`)).toContain(document.content['servers'][0].url);
    const published = Object.entries(document.content['paths'] as Schema).flatMap(([path, methods]) =>
      Object.entries(methods as Schema)
        .filter(([method]) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
        .map(
          ([method, operation]) => `${method.toUpperCase()} ${path} ${(operation as Schema)['operationId']}`,
        ),
    );
    expect(api.operations.map(({ method, path, id }) => `${method} ${path} ${id}`).sort()).toEqual(
      published.sort(),
    );
    for (const operation of api.operations) {
      const published = operationOf(document, operation);
      expect(published['security'][0].openId).toEqual(operation.scopes);
      expect(Object.keys(published['responses'])).toContain(String(operation.success));
      expect(published['requestBody'] !== undefined).toBe(operation.body !== undefined);
      for (const [status, codes] of Object.entries(operation.errors))
        for (const code of codes)
          expect(
            codesOf(document, published['responses'][status] ?? {}),
            `${operation.id} ${status}`,
          ).toContain(code);
    }
  },
);

const device = { phoneNumber: '+123456789' };

/** What of a generated body means nothing without a plant: the device, the profile, what exists. */
async function meaningful(
  plant: TestPlant,
  api: CamaraApi,
  operation: CamaraOperation,
  body: Loose,
): Promise<Loose> {
  const one = structuredClone(body);
  for (const at of [one, one.config?.subscriptionDetail])
    if (at?.device !== undefined || (at !== undefined && operation.id === 'releaseDevice'))
      at.device = {
        ...at.device,
        ...(at.device?.networkAccessIdentifier === undefined
          ? {}
          : { networkAccessIdentifier: 'agv-1@plant.example' }),
      };
  if (operation.id === 'retrieveSlicesByDevice')
    Object.assign(
      one,
      device,
      one.networkAccessIdentifier === undefined ? {} : { networkAccessIdentifier: 'agv-1@plant.example' },
    );
  if (one.qosProfile !== undefined) one.qosProfile = 'QOS_L';
  if (one.name !== undefined) one.name = 'QOS_L';
  if (one.protocolSettings !== undefined) delete one.protocolSettings.headers;
  if (one.serviceTime !== undefined) one.serviceTime.startDate = '2024-05-02T00:00:00Z';
  if (one.area !== undefined) one.area.center = { latitude: 50.735851, longitude: 7.10066 };
  if (one.maxAge !== undefined) one.maxAge = 60;
  if (one.maxSurface !== undefined) one.maxSurface = 1_000_000;
  const detail = one.config?.subscriptionDetail;
  for (const at of [one, detail])
    if (at?.applicationProfileId !== undefined)
      at.applicationProfileId = await parameterOf(plant, 'applicationProfileId');
  if (api.name in subscriptionTypes && one.config !== undefined) one.config.subscriptionMaxEvents &&= 3;
  return one;
}

/** Makes what a path names, and gives its id. */
async function parameterOf(plant: TestPlant, name: string, api?: CamaraApi): Promise<string> {
  if (name === 'name') return 'QOS_L';
  const makers: Record<string, string> = {
    sessionId: 'createSession',
    assignmentId: 'createQosAssignment',
    sliceId: 'createSlice',
    applicationProfileId: 'createApplicationProfile',
    subscriptionId: api?.operations[0]?.id ?? '',
  };
  const maker = operationNamed(makers[name]!);
  const body = await meaningful(plant, maker.api, maker.operation, sample(maker.api, maker.operation, false));
  if (name !== 'sliceId' && name !== 'applicationProfileId')
    (body.config?.subscriptionDetail ?? body).device = device;
  const made = await plant.call('POST', `/${maker.api.bases[0]}${maker.operation.path}`, { body });
  expect(made.status, JSON.stringify([body, made.body])).toBe(201);
  return made.body[name] ?? made.body.id;
}

function schemaOf(api: CamaraApi, operation: CamaraOperation): Schema {
  const document = documentOf(api);
  return document.resolve(operationOf(document, operation)['requestBody'])['content']['application/json']
    .schema;
}
const sample = (api: CamaraApi, operation: CamaraOperation, all: boolean): Loose =>
  documentOf(api).value(schemaOf(api, operation), all);

async function send(
  plant: TestPlant,
  api: CamaraApi,
  operation: CamaraOperation,
  body: unknown,
  options: { token?: string; headers?: Record<string, string>; parameter?: string } = {},
) {
  let path = `/${api.bases.at(-1)}${operation.path}`;
  for (const [whole, name] of operation.path.matchAll(/\{(\w+)\}/g))
    path = path.replace(whole, options.parameter ?? (await parameterOf(plant, name!, api)));
  const sent =
    operation.id === 'updateApplicationProfile' &&
    body !== null &&
    typeof body === 'object' &&
    'applicationProfileId' in body &&
    body.applicationProfileId === 'same'
      ? { ...body, applicationProfileId: path.split('/').at(-1) }
      : body;
  const answer = await plant.call(operation.method, path, {
    ...options,
    ...(sent === undefined ? {} : { body: sent }),
  });
  await settle();
  return { ...answer, sent };
}

/** Everything an answer breaks: its status, its body, its headers. */
function breaches(
  api: CamaraApi,
  operation: CamaraOperation,
  answer: Awaited<ReturnType<typeof send>>,
): string[] {
  const document = documentOf(api);
  const response = operationOf(document, operation)['responses'][String(answer.status)];
  const told = `${answer.status} ${answer.text?.slice(0, 300)} to ${JSON.stringify(answer.sent)?.slice(0, 300)}`;
  if (response === undefined) return [`undocumented status: ${told}`];
  const resolved = document.resolve(response);
  const schema = resolved['content']?.['application/json']?.schema;
  const wrong: string[] = [];
  if (schema === undefined && answer.text !== undefined)
    wrong.push(`a body where none is documented: ${told}`);
  if (schema !== undefined)
    wrong.push(...document.problems(schema, answer.body).map((one) => `${one}: ${told}`));
  if (resolved['headers']?.['x-correlator'] !== undefined && answer.headers['x-correlator'] === undefined)
    wrong.push(`no x-correlator: ${told}`);
  return wrong;
}

async function inPlant<T>(run: (plant: TestPlant) => Promise<T>): Promise<T> {
  const plant = new TestPlant();
  await plant.server.start();
  try {
    return await run(plant);
  } finally {
    await plant.stop();
  }
}

const operations = camaraApis.flatMap((api) =>
  api.operations.map((operation) => [operation.id, api, operation] as const),
);

test.skipIf(!documentsThere).each(operations)(
  '%s: valid requests are done, and answered as documented',
  async (_, api, operation) => {
    const bodies: { body: Loose; token: string; expected: boolean }[] = [];
    if (operation.body === undefined) bodies.push({ body: undefined, token: 'all', expected: true });
    else {
      const document = documentOf(api);
      const content = document.resolve(operationOf(document, operation)['requestBody'])['content'][
        'application/json'
      ];
      for (const all of [true, false]) {
        const body = sample(api, operation, all);
        const at = body.config?.subscriptionDetail ?? body;
        const takesDevice =
          body.config !== undefined || JSON.stringify(document.merged(content.schema)).includes('device');
        if (takesDevice && at.device === undefined && operation.id !== 'retrieveSlicesByDevice')
          at.device = device;
        bodies.push({ body, token: 'all', expected: true });
      }
      for (const example of Object.values((content.examples ?? {}) as Schema)) {
        const body = structuredClone(document.resolve(example as Schema)['value']);
        expect(document.problems(content.schema, body)).toEqual([]);
        bodies.push({
          body,
          token: JSON.stringify(body).includes('"device"') ? 'all' : 'device',
          expected: false,
        });
      }
    }
    for (const { body, token, expected } of bodies)
      await inPlant(async (plant) => {
        let sent = body === undefined || !expected ? body : await meaningful(plant, api, operation, body);
        if (operation.id === 'updateApplicationProfile') sent = { ...sent, applicationProfileId: 'same' };
        if (expected && sent !== undefined && api.strict && !api.accessIdentifiers)
          delete sent.device?.networkAccessIdentifier;
        const answer = await send(
          plant,
          api,
          operation,
          sent,
          operation.id === 'retrieveSlicesByDevice' ? {} : { token },
        );
        expect(breaches(api, operation, answer)).toEqual([]);
        if (expected)
          expect(answer.status, JSON.stringify([answer.sent, answer.body])).toBe(
            operation.id === 'getQosAssignmentByDevice' ? 404 : operation.success,
          );
      });
  },
);

test.skipIf(!documentsThere).each(operations)(
  '%s: invalid requests are refused, as documented',
  async (_, api, operation) => {
    const wrong: string[] = [];
    await inPlant(async (plant) => {
      const parameter = /\{(\w+)\}/.exec(operation.path)?.[1];
      const id = parameter === undefined ? undefined : await parameterOf(plant, parameter, api);
      const given = id === undefined ? {} : { parameter: id };
      const refused = async (
        what: string,
        body: unknown,
        options: object,
        statuses?: number[],
      ): Promise<void> => {
        // The pace of clients is another test's.
        plant.virtual!.advance(1000);
        const answer = await send(plant, api, operation, body, { ...given, ...options });
        const found = breaches(api, operation, answer);
        if (
          answer.status < 400 ||
          answer.status >= 500 ||
          (statuses !== undefined && !statuses.includes(answer.status))
        )
          found.push(`${answer.status} ${answer.text} to ${JSON.stringify(answer.sent)}`);
        wrong.push(...found.map((one) => `${what}: ${one}`));
      };
      let body: Loose;
      if (operation.body !== undefined) {
        body = await meaningful(plant, api, operation, sample(api, operation, true));
        if (operation.id === 'updateApplicationProfile') body.applicationProfileId = id;
        for (const { what, value } of documentOf(api).spoiled(schemaOf(api, operation), body, api.strict))
          if (!isAllowed(documentOf(api), schemaOf(api, operation), value)) await refused(what, value, {});
        await refused('no body', undefined, {});
      }
      await refused('no token', body, { token: 'nobody' }, [401]);
      if (documentOf(api).content['components'].parameters?.['x-correlator'] !== undefined)
        await refused('x-correlator', body, { headers: { 'x-correlator': 'two words' } }, [400]);
      if (operation.permission !== undefined && operation.permission !== 'read')
        await refused('no right', body, { token: 'reader' }, parameter === undefined ? [403] : [403, 404]);
      if (parameter !== undefined && parameter !== 'name') {
        const unknown = '00000000-0000-4000-8000-000000000000';
        await refused(
          'unknown id',
          body,
          { parameter: unknown },
          operation.id === 'updateApplicationProfile' ? [400, 404] : [404],
        );
        await refused('an id of the wrong form', body, { parameter: 'no-id' }, [400, 404]);
      }
    });
    expect(wrong).toEqual([]);
  },
);

/** What was spoiled may still be right: an example of that is a subtype's property. */
const isAllowed = (document: OpenApiDocument, schema: Schema, value: unknown): boolean =>
  document.problems(schema, value).length === 0 && !JSON.stringify(value)?.includes('colour');

test.skipIf(!documentsThere)('every notification is what its document says', async () => {
  const wrong: string[] = [];
  const types = new Set<string>();
  await inPlant(async (plant) => {
    const sink = 'https://app.example.com/events';
    plant.verdicts = { latency: 'met' };
    for (const id of ['createSession', 'createQosAssignment', 'createSlice', 'assignDevice']) {
      const { api, operation } = operationNamed(id);
      const body = await meaningful(plant, api, operation, sample(api, operation, false));
      if (id !== 'createSlice') body.device = device;
      if (id === 'createSlice') body.serviceTime = { startDate: '2024-05-01T00:00:00Z' };
      const slice = [...plant.slices.keys()][0]?.slice('camara-slice-'.length);
      await send(plant, api, operation, { ...body, sink }, slice === undefined ? {} : { parameter: slice });
    }
    for (const [name, events] of Object.entries(subscriptionTypes))
      for (const type of events) {
        const api = camaraApis.find((one) => one.name === name)!;
        const body = await meaningful(plant, api, api.operations[0]!, sample(api, api.operations[0]!, false));
        body.types = [type];
        body.config.initialEvent = true;
        body.config.subscriptionDetail.device = device;
        expect((await send(plant, api, api.operations[0]!, body)).status).toBe(201);
      }
    const terminal = plant.terminals[0]!;
    await plant.pass(40);
    for (const change of [
      { data: false, sms: true, roaming: true, networkType: '4G' as const },
      { data: false, sms: false, roaming: false, country: { code: 262, names: ['DE'] } },
    ]) {
      terminal.status = { ...terminal.status!, ...change };
      await plant.pass(40);
    }
    terminal.position = { center: { latitude: 1, longitude: 1 }, radiusMetres: 1, time: plant.clock.now() };
    await plant.pass(10);
    terminal.position = { center: { latitude: 2, longitude: 2 }, radiusMetres: 1, time: plant.clock.now() };
    await plant.pass(40);
    for (const [name] of Object.entries(subscriptionTypes)) {
      const api = camaraApis.find((one) => one.name === name)!;
      const { body } = await plant.call('GET', `/${api.bases[0]}/subscriptions`);
      for (const { id } of body.subscriptions ?? body)
        await plant.call('DELETE', `/${api.bases[0]}/subscriptions/${id}`);
    }
    for (const key of plant.bindings.keys()) plant.stand(key, 'lost');
    await plant.pass(10);
    for (const { body } of plant.posted) {
      const event = JSON.parse(body);
      types.add(event.type.split('.v')[0].split('.').at(-1) + event.type.slice(event.type.lastIndexOf('.')));
      const api = camaraApis.find(({ name }) => event.type.startsWith(`org.camaraproject.${name}.`))!;
      const document = documentOf(api);
      const creating = api.operations.find(
        ({ id }) => operationOf(document, operationNamed(id).operation)['callbacks'] !== undefined,
      )!;
      const [callback] = Object.values(operationOf(document, creating)['callbacks'] as Schema) as Schema[];
      const [target] = Object.values(document.resolve(callback!) as Schema) as Schema[];
      const { schema } = document.resolve(target!['post'].requestBody)['content'][
        'application/cloudevents+json'
      ];
      wrong.push(...document.problems(schema, event).map((one) => `${one}: ${body}`));
    }
  });
  expect(wrong).toEqual([]);
  expect(types.size).toBeGreaterThanOrEqual(18);
});

test.skipIf(documentsThere)(
  'the published documents are not here: set MILLRACE_DATA to hold the server against them',
  () => {
    expect(documentsThere).toBe(false);
  },
);
