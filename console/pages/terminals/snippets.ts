import { topicSegment } from '@millrace/contract';

/** How a thing sends: where to, as whom, and a value to begin with. */
export interface Sending {
  id: string;
  username: string;
  password: string;
  sample: Record<string, unknown>;
  mqtt?: { host: string; port: number; tls: boolean };
  /** Base address of the platform, without a slash at the end. */
  http: string;
}

export const topicOf = (id: string): string => `things/${topicSegment(id)}/properties`;

/** Where a thing posts its values; an id in angle brackets stands for any and is left readable. */
export const urlOf = (http: string, id: string): string =>
  `${http}/api/things/${id.startsWith('<') ? id : encodeURIComponent(id)}/properties`;

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function mosquittoLine({ id, username, password, sample, mqtt }: Sending): string {
  if (mqtt === undefined) return '';
  return [
    `mosquitto_pub -h ${shellWord(mqtt.host)} -p ${mqtt.port}${mqtt.tls ? ' --cafile ca.pem' : ''} \\`,
    `  -u ${shellWord(username)} -P ${shellWord(password)} -q 1 \\`,
    `  -t ${shellWord(topicOf(id))} \\`,
    `  -m ${shellWord(JSON.stringify(sample))}`,
  ].join('\n');
}

export function curlLine({ id, username, password, sample, http }: Sending): string {
  return [
    `curl -u ${shellWord(`${username}:${password}`)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${shellWord(JSON.stringify(sample))} \\`,
    `  ${shellWord(urlOf(http, id))}`,
  ].join('\n');
}

export function pythonProgram({ id, username, password, sample, mqtt }: Sending): string {
  if (mqtt === undefined) return '';
  return [
    '# pip install paho-mqtt',
    'import json, time',
    'import paho.mqtt.client as mqtt',
    '',
    `client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=${JSON.stringify(username)})`,
    `client.username_pw_set(${JSON.stringify(username)}, ${JSON.stringify(password)})`,
    ...(mqtt.tls ? ['client.tls_set("ca.pem")'] : []),
    `client.connect(${JSON.stringify(mqtt.host)}, ${mqtt.port})`,
    'client.loop_start()',
    'while True:',
    `    values = json.loads(${JSON.stringify(JSON.stringify(sample))})`,
    `    client.publish(${JSON.stringify(topicOf(id))}, json.dumps(values), qos=1).wait_for_publish()`,
    '    time.sleep(1)',
  ].join('\n');
}

/** A first value of each type, for people to put their own in its place. */
export function sampleOf(properties: Record<string, { type?: string }>): Record<string, unknown> {
  const samples: Record<string, unknown> = { number: 21.5, integer: 42, boolean: true, string: 'ok' };
  return Object.fromEntries(
    Object.entries(properties)
      .slice(0, 5)
      .map(([name, { type }]) => [name, samples[type ?? 'number'] ?? 0]),
  );
}
