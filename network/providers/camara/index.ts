export { type CamaraApi, type CamaraOperation, camaraApis, camaraScopes } from './apis.ts';
export { bookingLimits } from './bookings.ts';
export type { CamaraProvider } from './operator.ts';
export { camaraPortsOn, type OfferedNetwork } from './platform-ports.ts';
export * from './ports.ts';
export { provider } from './provider.ts';
export { type CamaraServer, camaraServer } from './server.ts';
