import type { Form } from '@millrace/contract';
import { isTopicName } from '../topics.ts';
import { formFilters } from './index.ts';
import { parseJsonPath } from './json-path.ts';

/** What a form says of writing: topic, payload and how it is to be published. */
export interface WriteMessage {
  topic: string;
  payload: Buffer;
  qos: 0 | 1;
  retain: boolean;
}

/** The form of a property that says it writes (`"op": "writeproperty"`) to a topic of the device's own; undefined where there is none. */
export function writeForm(forms: readonly Form[]): Form | undefined {
  return forms.find(
    (form) =>
      form.op !== undefined &&
      [form.op].flat().includes('writeproperty') &&
      formFilters(form, true).some((topic) => isTopicName(topic) && !topic.startsWith('spBv1.0/')),
  );
}

/**
 * The message that writes a value: JSON, with `millrace:jsonPath` as an object around it ($.set.value → {"set": {"value": …}}), plain text
 * where the form's content type says so; `mqv:qos` (default 1) and `mqv:retain` (default false). Undefined: the path leads through a list.
 */
export function writeMessage(form: Form, value: unknown): WriteMessage | undefined {
  const topic = formFilters(form, true).find(isTopicName)!;
  const path = form['millrace:jsonPath'];
  let body: unknown = value;
  if (typeof path === 'string') {
    const steps = parseJsonPath(path);
    if (steps === undefined || steps.some((step) => typeof step !== 'string')) return undefined;
    for (const step of [...steps].reverse()) body = { [step as string]: body };
  }
  const plain = /^text\/plain\b/i.test(form.contentType ?? '') && (typeof body !== 'object' || body === null);
  return {
    topic,
    payload: Buffer.from(plain ? String(body) : JSON.stringify(body)),
    qos: String(form['mqv:qos']) === '0' ? 0 : 1,
    retain: form['mqv:retain'] === true,
  };
}
