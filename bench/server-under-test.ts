export { descendants, processorSeconds, residentBytes, ServerUnderTest } from '@millrace/server/testing';
