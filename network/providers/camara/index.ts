export * from './ports.ts';
export { type CamaraServer, camaraServer } from './server.ts';
