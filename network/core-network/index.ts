/** What several 3GPP providers share: how a core's functions are spoken with, and how flows, rates and policy requests are written. */
export * from './bit-rate.ts';
export * from './flow-description.ts';
export * from './json-client.ts';
export * from './policy-authorization.ts';
export * from './sessions-file.ts';
