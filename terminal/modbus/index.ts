import { modbus } from './protocol.ts';

export const protocols = [modbus];
export { modbus };
