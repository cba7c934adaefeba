export { sparkplugThingId } from './description.ts';
export { createSparkplugHost, type SparkplugHost, type SparkplugHostOptions } from './host.ts';
export { isSparkplugForm } from './points.ts';
export { isSparkplugTopic } from './topic.ts';
