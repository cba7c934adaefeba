import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { ProviderError } from '@millrace/sdk';

/** A network function that has not answered by then counts as not there. */
const requestMillisecondsMax = 10_000;
/** An answer longer than this is not read. */
const answerBytesMax = 4 * 1024 * 1024;

export interface CoreRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
  /** Clear-text HTTP/2 with prior knowledge, as service-based interfaces of a core speak it (TS 29.500); else HTTP/1.1. */
  http2: boolean;
}

export interface CoreAnswer {
  status: number;
  location: string | undefined;
  /** Parsed where it is JSON; undefined where there is no body. */
  body: unknown;
  text: string;
}

/**
 * One request to a network function. Resolves with any status below 500; rejects with ProviderError where nothing, nonsense or a fault of its own came
 * back. Redirects are not followed: a core's functions are where the settings say.
 */
export async function askCore(request: CoreRequest, signal: AbortSignal): Promise<CoreAnswer> {
  const url = new URL(request.url);
  const plain = request.http2 && url.protocol === 'http:';
  let answer: { status: number; location: string | undefined; type: string; text: string };
  try {
    answer =
      plain || request.http2 ? await overHttp2(request, url, signal) : await overHttp1(request, url, signal);
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw notThere(url, error);
  }
  const { status, location, type, text } = answer;
  if (status >= 500)
    throw new ProviderError(
      'unavailable',
      {
        en: `${url.host} answered ${status}: ${reasonOf(text)}`,
        zh: `${url.host} 返回 ${status}：${reasonOf(text)}`,
      },
      text,
    );
  let body: unknown;
  if (text.trim() !== '') {
    try {
      body = JSON.parse(text);
    } catch {
      if (status < 300)
        throw new ProviderError(
          'nonsense',
          {
            en: `${url.host} answered ${status} with something that is not JSON (${type || 'no content type'}).`,
            zh: `${url.host} 返回 ${status}，但内容不是 JSON（${type || '无内容类型'}）。`,
          },
          text,
        );
    }
  }
  return { status, location, body, text };
}

async function overHttp1(
  { method, headers, body }: CoreRequest,
  url: URL,
  signal: AbortSignal,
): Promise<{ status: number; location: string | undefined; type: string; text: string }> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      accept: 'application/json, application/problem+json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(requestMillisecondsMax)]),
  });
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += (part as Uint8Array).length;
    if (length > answerBytesMax) throw tooLong(url);
    parts.push(part as Uint8Array);
  }
  return {
    status: response.status,
    location: response.headers.get('location') ?? undefined,
    type: response.headers.get('content-type') ?? '',
    text: Buffer.concat(parts).toString('utf8'),
  };
}

function overHttp2(
  { method, headers, body }: CoreRequest,
  url: URL,
  signal: AbortSignal,
): Promise<{ status: number; location: string | undefined; type: string; text: string }> {
  return new Promise((resolve, reject) => {
    let session: ClientHttp2Session;
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      session.destroy();
    };
    const fail = (error: unknown): void => {
      end();
      reject(error);
    };
    const aborted = (): void => fail(new Error('stopped'));
    const timer = setTimeout(
      () => fail(new Error(`no answer within ${requestMillisecondsMax / 1000} s`)),
      requestMillisecondsMax,
    );
    session = connect(url.origin);
    session.on('error', fail);
    signal.addEventListener('abort', aborted);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: method,
      [constants.HTTP2_HEADER_PATH]: `${url.pathname}${url.search}`,
      accept: 'application/json, application/problem+json',
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...headers,
    });
    let status = 0;
    let location: string | undefined;
    let type = '';
    const parts: Buffer[] = [];
    let length = 0;
    stream.on('response', (answered) => {
      status = Number(answered[constants.HTTP2_HEADER_STATUS]);
      location = answered['location'];
      type = String(answered['content-type'] ?? '');
    });
    stream.on('data', (part: Buffer) => {
      length += part.length;
      if (length > answerBytesMax) fail(tooLong(url));
      else parts.push(part);
    });
    stream.on('error', fail);
    stream.on('end', () => {
      end();
      if (status === 0) reject(new Error('the stream ended without an answer'));
      else resolve({ status, location, type, text: Buffer.concat(parts).toString('utf8') });
    });
    stream.end(text);
  });
}

function tooLong(url: URL): ProviderError {
  return new ProviderError('nonsense', {
    en: `${url.host} answered with more than ${answerBytesMax / 1024 / 1024} MiB (answerBytesMax).`,
    zh: `${url.host} 的应答超过 ${answerBytesMax / 1024 / 1024} MiB（answerBytesMax）。`,
  });
}

function notThere(url: URL, error: unknown): ProviderError {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const said = cause?.message ?? (error instanceof Error ? error.message : String(error));
  return new ProviderError(
    'unavailable',
    { en: `${url.host} cannot be reached: ${said}.`, zh: `无法连接 ${url.host}：${said}。` },
    said,
  );
}

/** What a problem document (RFC 9457, TS 29.571) says of itself; the first words where it is none. */
export function reasonOf(text: string): string {
  try {
    const { cause, detail, title, error, message } = JSON.parse(text) as Record<string, unknown>;
    const said = [detail, cause, title, message, error].find(
      (one): one is string => typeof one === 'string' && one !== '',
    );
    if (said !== undefined) return said.slice(0, 300);
  } catch {
    // Not JSON: its first words will do.
  }
  return text.trim() === '' ? '-' : text.trim().slice(0, 120);
}
