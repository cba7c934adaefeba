import type { Permission } from '@millrace/contract';
import type { TSchema } from 'typebox';
import {
  ApplicationProfile,
  ApplicationProfileRequest,
  AreaSubscription,
  AssignDevice,
  ByDevice,
  CreateAssignment,
  CreateSession,
  Device,
  DeviceSubscription,
  ExtendSession,
  InsightRequest,
  InsightSubscription,
  ReleaseDevice,
  RetrieveLocation,
  RetrieveProfiles,
  SliceAttributes,
  VerifyLocation,
} from './shapes.ts';

/**
 * Every operation spoken here, once: the server routes by it and keeps to the codes it lists, the client calls by it, the tests hold it
 * against the published documents.
 */
export interface CamaraOperation {
  /** operationId of the document. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the API's base, with `{parameters}`. */
  readonly path: string;
  /** OpenID scopes; one of them is enough. Subscriptions have one per type of event. */
  readonly scopes: readonly string[];
  /** Permission of the platform those scopes stand for; undefined: whoever is signed in, for what only concerns the caller. */
  readonly permission: Permission | undefined;
  readonly body?: TSchema;
  readonly success: number;
  /** Status → codes the document lists for it. Codes beyond them are replaced by the nearest that is listed. */
  readonly errors: Readonly<Record<number, readonly string[]>>;
}

export interface CamaraApi {
  readonly name: string;
  /** File of the release, below the folder of its repository. */
  readonly document: string;
  readonly version: string;
  /** First the path of the final version, which gateways use, then that of the pinned document where it differs. */
  readonly bases: readonly [string, ...string[]];
  /** Rejects properties it does not know (commonalities 0.8); else they are ignored. */
  readonly strict: boolean;
  /** What an x-correlator may be. */
  readonly correlator: RegExp;
  /** A Network Access Identifier is taken; the QoS APIs keep it for a later version. */
  readonly accessIdentifiers: boolean;
  /** Kinds of credentials for a sink that the document knows, beside ACCESSTOKEN. */
  readonly credentials: readonly string[];
  readonly operations: readonly CamaraOperation[];
}

const wide = /^[a-zA-Z0-9\-_:;./<>{}]{0,256}$/;
const narrow = /^[a-zA-Z0-9-]{0,55}$/;

const argument = ['INVALID_ARGUMENT'];
const range = ['INVALID_ARGUMENT', 'OUT_OF_RANGE'];
const missing = ['NOT_FOUND'];
const unidentified = ['NOT_FOUND', 'IDENTIFIER_NOT_FOUND'];
const busy = ['QUOTA_EXCEEDED', 'TOO_MANY_REQUESTS'];
const identifiers = [
  'SERVICE_NOT_APPLICABLE',
  'MISSING_IDENTIFIER',
  'UNSUPPORTED_IDENTIFIER',
  'UNNECESSARY_IDENTIFIER',
];
const jwt = 'PRIVATE_KEY_JWT_NOT_CONFIGURED';
const sinkErrors = ['INVALID_CREDENTIAL', 'INVALID_TOKEN', 'INVALID_SINK'];
const who = { 401: ['UNAUTHENTICATED'], 403: ['PERMISSION_DENIED'] };

const api = (one: CamaraApi): CamaraApi => one;
const latest = { strict: true, correlator: wide, accessIdentifiers: false, credentials: ['PRIVATE_KEY_JWT'] };
const former = {
  strict: false,
  correlator: wide,
  accessIdentifiers: true,
  credentials: ['PLAIN', 'REFRESHTOKEN'],
};

/** The four operations every API of subscriptions has. */
function subscriptionOperations(
  name: string,
  ids: { create: string; list: string; read: string; remove: string },
  types: readonly string[],
  body: TSchema,
  creating: Readonly<Record<number, readonly string[]>>,
  reading: Readonly<Record<number, readonly string[]>>,
  listing: readonly string[] = argument,
): readonly CamaraOperation[] {
  return [
    {
      id: ids.create,
      method: 'POST',
      path: '/subscriptions',
      scopes: types.map((type) => `${name}:${type}:create`),
      permission: 'read',
      body,
      success: 201,
      errors: { ...who, 429: busy, ...creating },
    },
    {
      id: ids.list,
      method: 'GET',
      path: '/subscriptions',
      scopes: [`${name}:read`],
      permission: undefined,
      success: 200,
      errors: { ...who, 400: listing },
    },
    {
      id: ids.read,
      method: 'GET',
      path: '/subscriptions/{subscriptionId}',
      scopes: [`${name}:read`],
      permission: undefined,
      success: 200,
      errors: { ...who, 400: argument, 404: missing, ...reading },
    },
    {
      id: ids.remove,
      method: 'DELETE',
      path: '/subscriptions/{subscriptionId}',
      scopes: [`${name}:delete`],
      permission: undefined,
      success: 204,
      errors: { ...who, 400: argument, 404: missing, ...reading },
    },
  ];
}

const eventTypes = (name: string, ...events: string[]): string[] =>
  events.map((event) => `org.camaraproject.${name}.v0.${event}`);
/** API of subscriptions → types of events one can subscribe to. */
export const subscriptionTypes = {
  'connectivity-insights-subscriptions': eventTypes('connectivity-insights-subscriptions', 'network-quality'),
  'device-reachability-status-subscriptions': eventTypes(
    'device-reachability-status-subscriptions',
    'reachability-data',
    'reachability-sms',
    'reachability-disconnected',
  ),
  'device-roaming-status-subscriptions': eventTypes(
    'device-roaming-status-subscriptions',
    'roaming-status',
    'roaming-on',
    'roaming-off',
    'roaming-change-country',
  ),
  'connected-network-type-subscriptions': eventTypes(
    'connected-network-type-subscriptions',
    'network-type-changed',
  ),
  'geofencing-subscriptions': eventTypes('geofencing-subscriptions', 'area-entered', 'area-left'),
} as const;
export type SubscriptionApi = keyof typeof subscriptionTypes;

const statusSubscriptions = (
  name: SubscriptionApi,
  version: string,
  base: string,
  what: string,
  several: boolean,
): CamaraApi =>
  api({
    ...former,
    name,
    document: `DeviceStatus/${name}.yaml`,
    version,
    bases: [base],
    correlator: narrow,
    operations: subscriptionOperations(
      name,
      {
        create: `create${what}Subscription`,
        list: `retrieve${what}SubscriptionList`,
        read: `retrieve${what}Subscription`,
        remove: `delete${what}Subscription`,
      },
      subscriptionTypes[name],
      DeviceSubscription,
      {
        400: [...range, 'INVALID_PROTOCOL', 'INVALID_CREDENTIAL', 'INVALID_TOKEN'],
        422: [
          'IDENTIFIER_MISMATCH',
          ...identifiers,
          ...(several ? ['MULTIEVENT_SUBSCRIPTION_NOT_SUPPORTED'] : []),
        ],
      },
      {},
    ),
  });

const statusReading = (name: string, version: string, base: string, id: string, silent: boolean): CamaraApi =>
  api({
    ...former,
    name,
    document: `DeviceStatus/${name}.yaml`,
    version,
    bases: [base],
    correlator: narrow,
    operations: [
      {
        id,
        method: 'POST',
        path: '/retrieve',
        scopes: [`${name}:read`],
        permission: 'read',
        body: ByDevice,
        success: 200,
        errors: {
          ...who,
          400: argument,
          404: unidentified,
          422: ['IDENTIFIER_MISMATCH', ...identifiers],
          429: busy,
          ...(silent ? { 503: ['UNAVAILABLE'] } : {}),
        },
      },
    ],
  });

export const camaraApis: readonly CamaraApi[] = [
  api({
    ...latest,
    name: 'quality-on-demand',
    document: 'QualityOnDemand/quality-on-demand.yaml',
    version: '1.2.0-rc.3',
    bases: ['quality-on-demand/v1', 'quality-on-demand/v1rc3'],
    operations: [
      {
        id: 'createSession',
        method: 'POST',
        path: '/sessions',
        scopes: ['quality-on-demand:sessions:create'],
        permission: 'operate',
        body: CreateSession,
        success: 201,
        errors: {
          ...who,
          400: [...range, 'QUALITY_ON_DEMAND.DURATION_OUT_OF_RANGE', ...sinkErrors],
          404: unidentified,
          409: ['CONFLICT'],
          422: [...identifiers, jwt, 'QUALITY_ON_DEMAND.QOS_PROFILE_NOT_APPLICABLE'],
          429: busy,
        },
      },
      {
        id: 'getSession',
        method: 'GET',
        path: '/sessions/{sessionId}',
        scopes: ['quality-on-demand:sessions:read'],
        permission: 'read',
        success: 200,
        errors: { ...who, 400: argument, 404: missing, 429: busy },
      },
      {
        id: 'deleteSession',
        method: 'DELETE',
        path: '/sessions/{sessionId}',
        scopes: ['quality-on-demand:sessions:delete'],
        permission: 'operate',
        success: 204,
        errors: { ...who, 400: argument, 404: missing, 429: busy },
      },
      {
        id: 'extendQosSessionDuration',
        method: 'POST',
        path: '/sessions/{sessionId}/extend',
        scopes: ['quality-on-demand:sessions:update'],
        permission: 'operate',
        body: ExtendSession,
        success: 200,
        errors: {
          ...who,
          400: [...range, 'QUALITY_ON_DEMAND.DURATION_OUT_OF_RANGE'],
          404: missing,
          409: ['QUALITY_ON_DEMAND.SESSION_EXTENSION_NOT_ALLOWED'],
          429: busy,
        },
      },
      {
        id: 'retrieveSessionsByDevice',
        method: 'POST',
        path: '/retrieve-sessions',
        scopes: ['quality-on-demand:sessions:retrieve-by-device'],
        permission: 'read',
        body: ByDevice,
        success: 200,
        errors: { ...who, 400: range, 404: unidentified, 422: identifiers, 429: busy },
      },
    ],
  }),
  api({
    ...latest,
    name: 'qos-profiles',
    document: 'QualityOnDemand/qos-profiles.yaml',
    version: '1.2.0-rc.3',
    bases: ['qos-profiles/v1', 'qos-profiles/v1rc3'],
    operations: [
      {
        id: 'retrieveQoSProfiles',
        method: 'POST',
        path: '/retrieve-qos-profiles',
        scopes: ['qos-profiles:read'],
        permission: undefined,
        body: RetrieveProfiles,
        success: 200,
        errors: {
          ...who,
          400: range,
          404: unidentified,
          422: identifiers.filter((code) => code !== 'MISSING_IDENTIFIER'),
          429: busy,
        },
      },
      {
        id: 'getQosProfile',
        method: 'GET',
        path: '/qos-profiles/{name}',
        scopes: ['qos-profiles:read'],
        permission: undefined,
        success: 200,
        errors: { ...who, 400: range, 404: missing, 429: busy },
      },
    ],
  }),
  api({
    ...latest,
    name: 'qos-provisioning',
    document: 'QualityOnDemand/qos-provisioning.yaml',
    version: '0.4.0-rc.1',
    bases: ['qos-provisioning/v0.4', 'qos-provisioning/v0.4rc1'],
    operations: [
      {
        id: 'createQosAssignment',
        method: 'POST',
        path: '/qos-assignments',
        scopes: ['qos-provisioning:qos-assignments:create'],
        permission: 'configure',
        body: CreateAssignment,
        success: 201,
        errors: {
          ...who,
          400: [...range, ...sinkErrors],
          404: unidentified,
          409: ['CONFLICT'],
          422: [...identifiers, jwt, 'QOS_PROVISIONING.QOS_PROFILE_NOT_APPLICABLE'],
          429: busy,
        },
      },
      {
        id: 'getQosAssignmentById',
        method: 'GET',
        path: '/qos-assignments/{assignmentId}',
        scopes: ['qos-provisioning:qos-assignments:read'],
        permission: 'read',
        success: 200,
        errors: { ...who, 400: range, 404: missing, 429: busy },
      },
      {
        id: 'revokeQosAssignment',
        method: 'DELETE',
        path: '/qos-assignments/{assignmentId}',
        scopes: ['qos-provisioning:qos-assignments:delete'],
        permission: 'configure',
        success: 204,
        errors: { ...who, 400: range, 404: missing, 429: busy },
      },
      {
        id: 'getQosAssignmentByDevice',
        method: 'POST',
        path: '/retrieve-qos-assignment',
        scopes: ['qos-provisioning:qos-assignments:read-by-device'],
        permission: 'read',
        body: ByDevice,
        success: 200,
        errors: { ...who, 400: range, 404: unidentified, 422: identifiers, 429: busy },
      },
    ],
  }),
  api({
    ...former,
    name: 'network-slice-booking',
    document: 'NetworkSliceBooking/network-slice-booking.yaml',
    version: '0.2.0-rc.1',
    bases: ['network-slice-booking/v0.2', 'network-slice-booking/v0.2rc1'],
    operations: [
      {
        id: 'createSlice',
        method: 'POST',
        path: '/slices',
        scopes: ['network-slice-booking:slices:create'],
        permission: 'configure',
        body: SliceAttributes,
        success: 201,
        errors: {
          ...who,
          400: range,
          422: [
            'NETWORK_SLICE_BOOKING.SERVICEAREA_NOT_SUPPORTED',
            'NETWORK_SLICE_BOOKING.RESOURCES_INSUFFICIENT',
          ],
          429: busy,
        },
      },
      {
        id: 'getSlice',
        method: 'GET',
        path: '/slices/{sliceId}',
        scopes: ['network-slice-booking:slices:get'],
        permission: undefined,
        success: 200,
        errors: { ...who, 400: range, 404: missing, 429: busy },
      },
      {
        id: 'deleteSlice',
        method: 'DELETE',
        path: '/slices/{sliceId}',
        scopes: ['network-slice-booking:slices:delete'],
        permission: 'configure',
        success: 204,
        errors: { ...who, 400: range, 404: missing, 429: busy },
      },
    ],
  }),
  api({
    ...former,
    name: 'network-slice-assignment',
    document: 'NetworkSliceBooking/network-slice-assignment.yaml',
    version: '0.1.0-rc.1',
    bases: ['network-slice-assignment/v0.1', 'network-slice-assignment/v0.1rc1'],
    operations: [
      {
        id: 'assignDevice',
        method: 'POST',
        path: '/slices/{sliceId}/devices',
        scopes: ['network-slice-assignment:devices:assign'],
        permission: 'configure',
        body: AssignDevice,
        success: 201,
        errors: { ...who, 400: range, 404: unidentified, 422: identifiers, 429: busy },
      },
      {
        id: 'getDevices',
        method: 'GET',
        path: '/slices/{sliceId}/devices',
        scopes: ['network-slice-assignment:devices:get'],
        permission: undefined,
        success: 200,
        errors: { ...who, 400: range, 404: unidentified, 429: busy },
      },
      {
        id: 'releaseDevice',
        method: 'POST',
        path: '/slices/{sliceId}/release',
        scopes: ['network-slice-assignment:devices:delete'],
        permission: 'configure',
        body: ReleaseDevice,
        success: 200,
        errors: { ...who, 400: range, 404: unidentified, 422: identifiers, 429: busy },
      },
      {
        id: 'retrieveSlicesByDevice',
        method: 'POST',
        path: '/retrieve-slices',
        scopes: ['network-slice-assignment:devices:retrieve'],
        permission: 'read',
        body: Device,
        success: 200,
        errors: { ...who, 400: range, 404: unidentified, 429: busy },
      },
    ],
  }),
  api({
    ...former,
    name: 'application-profiles',
    document: 'ConnectivityInsights/application-profiles.yaml',
    version: '0.4.0',
    bases: ['application-profiles/v0.4'],
    operations: [
      {
        id: 'createApplicationProfile',
        method: 'POST',
        path: '/application-profiles',
        scopes: ['application-profiles:create'],
        permission: undefined,
        body: ApplicationProfileRequest,
        success: 201,
        errors: { ...who, 400: range, 429: busy },
      },
      {
        id: 'updateApplicationProfile',
        method: 'PATCH',
        path: '/application-profiles/{applicationProfileId}',
        scopes: ['application-profiles:update'],
        permission: undefined,
        body: ApplicationProfile,
        success: 200,
        errors: { ...who, 400: range, 404: unidentified, 429: busy },
      },
      {
        id: 'readApplicationProfile',
        method: 'GET',
        path: '/application-profiles/{applicationProfileId}',
        scopes: ['application-profiles:read'],
        permission: undefined,
        success: 200,
        errors: { ...who, 400: range, 404: unidentified, 429: busy },
      },
      {
        id: 'deleteApplicationProfile',
        method: 'DELETE',
        path: '/application-profiles/{applicationProfileId}',
        // The document writes this one in the singular.
        scopes: ['application-profile:delete'],
        permission: undefined,
        success: 200,
        errors: { ...who, 400: range, 404: unidentified, 429: busy },
      },
    ],
  }),
  api({
    ...latest,
    accessIdentifiers: true,
    name: 'connectivity-insights',
    document: 'ConnectivityInsights/connectivity-insights.yaml',
    version: '0.7.0-rc.1',
    bases: ['connectivity-insights/v0.7', 'connectivity-insights/v0.7rc1'],
    operations: [
      {
        id: 'checkNetworkQuality',
        method: 'POST',
        path: '/check-network-quality',
        scopes: ['connectivity-insights:check'],
        permission: 'read',
        body: InsightRequest,
        success: 200,
        errors: { ...who, 400: range, 404: unidentified, 422: identifiers, 429: busy },
      },
    ],
  }),
  api({
    ...latest,
    name: 'connectivity-insights-subscriptions',
    document: 'ConnectivityInsights/connectivity-insights-subscriptions.yaml',
    version: '0.7.0-rc.1',
    bases: ['connectivity-insights-subscriptions/v0.7', 'connectivity-insights-subscriptions/v0.7rc1'],
    operations: subscriptionOperations(
      'connectivity-insights-subscriptions',
      {
        create: 'createSubscription',
        list: 'getSubscriptionList',
        read: 'getSubscription',
        remove: 'deleteSubscription',
      },
      subscriptionTypes['connectivity-insights-subscriptions'],
      InsightSubscription,
      {
        400: [...range, 'INVALID_PROTOCOL', ...sinkErrors],
        422: [...identifiers, 'MULTIEVENT_SUBSCRIPTION_NOT_SUPPORTED', jwt],
      },
      { 404: unidentified },
      range,
    ),
  }),
  statusReading(
    'device-reachability-status',
    '1.0.0',
    'device-reachability-status/v1',
    'getReachabilityStatus',
    true,
  ),
  statusSubscriptions(
    'device-reachability-status-subscriptions',
    '0.7.0',
    'device-reachability-status-subscriptions/v0.7',
    'DeviceReachabilityStatus',
    true,
  ),
  statusReading('device-roaming-status', '1.0.0', 'device-roaming-status/v1', 'getRoamingStatus', true),
  statusSubscriptions(
    'device-roaming-status-subscriptions',
    '0.7.0',
    'device-roaming-status-subscriptions/v0.7',
    'DeviceRoamingStatus',
    true,
  ),
  statusReading(
    'connected-network-type',
    '0.1.0',
    'connected-network-type/v0.1',
    'getConnectedNetworkType',
    false,
  ),
  statusSubscriptions(
    'connected-network-type-subscriptions',
    '0.1.0',
    'connected-network-type-subscriptions/v0.1',
    'ConnectedNetworkType',
    false,
  ),
  api({
    ...former,
    name: 'location-retrieval',
    document: 'DeviceLocation/location-retrieval.yaml',
    version: '0.5.0',
    bases: ['location-retrieval/v0.5'],
    operations: [
      {
        id: 'retrieveLocation',
        method: 'POST',
        path: '/retrieve',
        scopes: ['location-retrieval:read'],
        permission: 'read',
        body: RetrieveLocation,
        success: 200,
        errors: {
          ...who,
          400: argument,
          404: ['IDENTIFIER_NOT_FOUND'],
          422: [
            ...identifiers,
            'LOCATION_RETRIEVAL.UNABLE_TO_FULFILL_MAX_AGE',
            'LOCATION_RETRIEVAL.UNABLE_TO_FULFILL_MAX_SURFACE',
            'LOCATION_RETRIEVAL.UNABLE_TO_LOCATE',
          ],
        },
      },
    ],
  }),
  api({
    ...former,
    name: 'location-verification',
    document: 'DeviceLocation/location-verification.yaml',
    version: '3.0.0',
    bases: ['location-verification/v3'],
    operations: [
      {
        id: 'verifyLocation',
        method: 'POST',
        path: '/verify',
        scopes: ['location-verification:verify'],
        permission: 'read',
        body: VerifyLocation,
        success: 200,
        errors: {
          ...who,
          400: range,
          404: ['IDENTIFIER_NOT_FOUND'],
          422: [
            ...identifiers,
            'LOCATION_VERIFICATION.AREA_NOT_COVERED',
            'LOCATION_VERIFICATION.INVALID_AREA',
            'LOCATION_VERIFICATION.UNABLE_TO_FULFILL_MAX_AGE',
            'LOCATION_VERIFICATION.UNABLE_TO_LOCATE',
          ],
        },
      },
    ],
  }),
  api({
    ...former,
    name: 'geofencing-subscriptions',
    document: 'DeviceLocation/geofencing-subscriptions.yaml',
    version: '0.5.0',
    bases: ['geofencing-subscriptions/v0.5'],
    operations: subscriptionOperations(
      'geofencing-subscriptions',
      {
        create: 'createGeofencingSubscription',
        list: 'retrieveGeofencingSubscriptionList',
        read: 'retrieveGeofencingSubscription',
        remove: 'deleteGeofencingSubscription',
      },
      subscriptionTypes['geofencing-subscriptions'],
      AreaSubscription,
      {
        400: ['INVALID_ARGUMENT', 'INVALID_PROTOCOL', ...sinkErrors],
        422: [
          ...identifiers,
          'MULTIEVENT_SUBSCRIPTION_NOT_SUPPORTED',
          'GEOFENCING_SUBSCRIPTIONS.AREA_NOT_COVERED',
          'GEOFENCING_SUBSCRIPTIONS.INVALID_AREA',
        ],
      },
      {},
    ),
  }),
];

const byId = new Map(
  camaraApis.flatMap((one) =>
    one.operations.map((operation) => [operation.id, { api: one, operation }] as const),
  ),
);

/** An operation and its API by operationId. */
export function operationNamed(id: string): { api: CamaraApi; operation: CamaraOperation } {
  const found = byId.get(id);
  if (found === undefined) throw new Error(`there is no operation "${id}"`);
  return found;
}

/** OpenID scope → what the platform calls it; undefined: enough to be signed in. For whoever hands out tokens. */
export const camaraScopes: ReadonlyMap<string, Permission | undefined> = new Map(
  camaraApis.flatMap((one) =>
    one.operations.flatMap(({ scopes, permission }) => scopes.map((scope) => [scope, permission] as const)),
  ),
);

/** API and operation of a request, and the values of its path's parameters; `methods` where only the method is wrong. */
export function route(
  method: string,
  path: string,
):
  | { api: CamaraApi; operation: CamaraOperation; parameters: Readonly<Record<string, string>> }
  | { methods: readonly string[] }
  | undefined {
  const [, name, version, ...rest] = path.split('/');
  const base = `${name}/${version}`;
  const found = camaraApis.find(({ bases }) => bases.includes(base));
  if (found === undefined) return undefined;
  const methods: string[] = [];
  for (const operation of found.operations) {
    const segments = operation.path.split('/').slice(1);
    if (segments.length !== rest.length) continue;
    const parameters: Record<string, string> = {};
    const fits = segments.every((segment, index) => {
      if (!segment.startsWith('{')) return segment === rest[index];
      parameters[segment.slice(1, -1)] = rest[index]!;
      return true;
    });
    if (!fits) continue;
    if (operation.method === method) return { api: found, operation, parameters };
    methods.push(operation.method);
  }
  return methods.length > 0 ? { methods } : undefined;
}
