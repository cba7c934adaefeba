export {
  descendants,
  processorSeconds,
  residentBytes,
  residentSetBytes,
  ServerUnderTest,
} from '@millrace/server/testing';
