export { readCommand, StartError } from './config.ts';
export { type MainOptions, main } from './main.ts';
