import type { Permission } from '@millrace/contract';
import { grantsGiving } from '@millrace/contract';
import { type AppAnswer, type AppFrame, boundsOf, useNow } from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { ApiError, api, problemOf, signedOutOn, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { sessionQuery } from '../../api/queries.ts';
import { putValues, useLatest, useLiveThings } from '../../live/live.ts';
import { seriesKey } from '../../live/store.ts';
import { useTimeState } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What the console gives an application's pages. */
export function useFrame(app: string): AppFrame {
  const words = useConsoleWords();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const session = useQuery(sessionQuery);
  return useMemo<AppFrame>(() => {
    const address = (path: string, query: Query = {}): string => {
      const search = new URLSearchParams(
        Object.entries(query).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)]],
        ),
      ).toString();
      return `/api/apps/${encodeURIComponent(app)}${path}${search === '' ? '' : `?${search}`}`;
    };
    const changed = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['app', app] });
    return {
      app,
      useAnswer<T>(path: string | undefined, query?: Query, everySeconds?: number): AppAnswer<T> {
        const answer = useQuery<T>({
          queryKey: ['app', app, path, query],
          queryFn: ({ signal }) => fetched<T>(address(path ?? '', query), { signal }),
          enabled: path !== undefined,
          placeholderData: (before) => before,
          ...(everySeconds === undefined ? {} : { refetchInterval: everySeconds * 1000 }),
        });
        return {
          data: answer.data,
          error: answer.error,
          pending: answer.data === undefined && answer.error === null,
          again: () => void answer.refetch(),
        };
      },
      async send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
        const answer = await fetched<T>(address(path), {
          method,
          ...(body === undefined
            ? {}
            : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        });
        await changed();
        return answer;
      },
      async upload<T>(path: string, file: Blob, contentType: string): Promise<T> {
        const answer = await fetched<T>(address(path), {
          method: 'POST',
          body: file,
          headers: { 'content-type': contentType },
        });
        await changed();
        return answer;
      },
      address,
      async startJob(job, input) {
        const { id } = await take(
          api.POST('/api/apps/{app}/jobs', { params: { path: { app } }, body: { job, input } }),
        );
        await changed();
        return id;
      },
      problem: (error) => problemWords(error, words),
      may: (permission: Permission) => grantsGiving(session.data?.grants ?? [], permission, app).length > 0,
      useRange() {
        const { range, frozen } = useTimeState();
        const now = useNow();
        const { from, to } = boundsOf(range, frozen ?? now);
        return { range, from, to };
      },
      useSearch() {
        const search = useSearch({ strict: false }) as Record<string, string | undefined>;
        return [
          search,
          (change) =>
            void navigate({
              to: '.',
              search: ((previous: object) => ({ ...previous, ...change })) as never,
              replace: true,
              resetScroll: false,
            }),
        ];
      },
      useLatest(thing, property) {
        const sample = useLatest(seriesKey(thing, property));
        return sample === undefined
          ? undefined
          : { value: sample.value, time: sample.time, quality: sample.quality };
      },
      useLiveThings(things) {
        useLiveThings(things);
        const key = things.join('\n');
        useEffect(() => {
          for (const id of key === '' ? [] : key.split('\n'))
            void take(api.GET('/api/things/{id}/properties', { params: { path: { id } } })).then(
              (values) => putValues(id, values as never),
              () => {},
            );
        }, [key]);
      },
      Link: ({ page, search, children }) => (
        <Link to="/apps/$app/$" params={{ app, _splat: page }} search={(search ?? {}) as never}>
          {children}
        </Link>
      ),
      ThingLink: ({ thing, children }) => (
        <Link to="/things/$id" params={{ id: thing }}>
          {children}
        </Link>
      ),
    };
  }, [app, queryClient, navigate, words, session.data?.grants]);
}

async function fetched<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new ApiError({
      type: 'unreachable',
      title: 'The server does not answer',
      status: 0,
      detail: error instanceof Error ? error.message : String(error),
    });
  }
  const text = await response.text();
  let body: unknown = text;
  if (/json/.test(response.headers.get('content-type') ?? '')) {
    try {
      body = JSON.parse(text);
    } catch {
      // Stays text; told below if the answer is a problem.
    }
  }
  if (response.ok) return (text === '' ? undefined : body) as T;
  signedOutOn(response);
  throw new ApiError(problemOf(body, response));
}
