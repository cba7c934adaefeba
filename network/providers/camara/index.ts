export * from './ports.ts';
export { camaraServer, type CamaraServer } from './server.ts';
