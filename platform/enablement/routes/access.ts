import {
  type Account,
  type Actor,
  type accessRoutes,
  formatInstant,
  type Grant,
  grantsGiving,
  type OidcSettings,
  parseInstant,
} from '@millrace/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessError, actorOf, type Origin, type Person, passkeyPlace } from '../access/index.ts';
import { insideOnly } from '../access/oidc.ts';
import type { ApiOptions } from '../api.ts';
import { HttpProblem, notFound } from '../problems.ts';
import { type Handler, requirePerson } from '../requests.ts';

export const sessionCookie = 'millrace';
const oidcCookie = 'millrace-oidc';
const searchDefault = 100;

type SessionRoutes = 'signIn' | 'session' | 'signOut' | 'changePassword';

export function accessHandlers(
  options: ApiOptions,
): Record<keyof typeof accessRoutes | SessionRoutes, Handler> {
  const { access, oidc, audit, clock, tls } = options;
  const secure = tls !== undefined;

  const originOf = (request: FastifyRequest): Origin => ({
    address: request.ip,
    agent: request.headers['user-agent'] ?? '',
  });
  /** Told before it is done; what the trail cannot take is not done. How it ended is told after. */
  const told = async <T>(
    actor: Actor,
    action: string,
    object: string,
    detail: Record<string, unknown>,
    work: () => Promise<T> | T,
  ): Promise<T> => {
    const entry = { actor, action, object, place: '', detail };
    await audit.record({ ...entry, outcome: 'asked' });
    try {
      const result = await work();
      await audit.record({ ...entry, outcome: 'done' });
      return result;
    } catch (error) {
      await audit.record({
        ...entry,
        detail: { ...detail, error: error instanceof Error ? error.message : String(error) },
        outcome: error instanceof AccessError || error instanceof HttpProblem ? 'refused' : 'failed',
      });
      throw error;
    }
  };
  const toldBy = <T>(
    request: FastifyRequest,
    action: string,
    object: string,
    detail: Record<string, unknown>,
    work: () => Promise<T> | T,
  ): Promise<T> => told(actorOf(requirePerson(request.caller)), action, object, detail, work);

  const refused = async (user: string, action: string, origin: Origin, detail: Record<string, unknown>) => {
    await audit.record({
      actor: { kind: 'person', id: user.slice(0, 256) },
      action,
      object: '',
      place: '',
      detail: { ...origin, ...detail },
      outcome: 'refused',
    });
  };
  const open = async (
    reply: FastifyReply,
    signedIn: { token: string; person: Person },
    origin: Origin,
    way: string,
  ): Promise<{ token: string } & ReturnType<typeof showPerson>> => {
    const { token, person } = signedIn;
    try {
      await audit.record({
        actor: actorOf(person),
        action: 'session.open',
        object: person.session.slice(0, 24),
        place: '',
        detail: { ...origin, way },
        outcome: 'done',
      });
    } catch (error) {
      await access.end(person);
      throw error;
    }
    reply.setCookie(sessionCookie, token, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure,
      maxAge: Math.round((person.expires - clock.now()) / 1e6),
    });
    return { token, ...showPerson(person) };
  };
  const placeOf = (request: FastifyRequest) => passkeyPlace(request.headers.host, secure);
  const requirePlace = (request: FastifyRequest) => {
    const place = placeOf(request);
    if (place !== undefined) return place;
    throw new HttpProblem(409, 'passkeys-not-here', 'Passkeys need HTTPS and a host name.', {
      detail: `This address is ${String(request.headers.host).slice(0, 200)}${secure ? '' : ' without HTTPS'}.`,
      remedy: 'Open the console under https:// with a host name, not an IP address.',
      words: {
        title: { en: 'Passkeys need HTTPS and a host name.', zh: '通行密钥需要 HTTPS 和主机名。' },
        remedy: {
          en: 'Open the console under https:// with a host name, not an IP address.',
          zh: '请通过 https:// 和主机名（而非 IP 地址）打开控制台。',
        },
      },
    });
  };
  const parameter = (request: FastifyRequest, name: string): string =>
    (request.params as Record<string, string>)[name]!;
  const wrongCode = (): HttpProblem =>
    new HttpProblem(403, 'wrong-code', 'The code is wrong.', {
      field: 'code',
      remedy: 'Take the code that is shown now, and check the clock of the device.',
      words: {
        title: { en: 'The code is wrong.', zh: '验证码不正确。' },
        remedy: {
          en: 'Take the code that is shown now, and check the clock of the device.',
          zh: '请输入当前显示的验证码，并检查设备时钟。',
        },
      },
    });

  return {
    signIn: async (request, reply) => {
      const { user, password, code } = request.body as { user: string; password: string; code?: string };
      const origin = originOf(request);
      const result = await access.signIn(user, password, code, origin);
      if (result.outcome === 'in')
        return open(reply, result, origin, code === undefined ? 'password' : 'password and code');
      if (result.outcome === 'second-factor') {
        throw new HttpProblem(401, 'second-factor-needed', 'The second factor is needed too.', {
          factors: result.factors,
          remedy: 'Send "code" of the authenticator app or a recovery code, or use a passkey.',
          words: {
            title: { en: 'The second factor is needed too.', zh: '还需要第二因素。' },
            remedy: {
              en: 'Give the code of the authenticator app or a recovery code, or use a passkey.',
              zh: '请输入验证器应用的验证码或恢复码，或使用通行密钥。',
            },
          },
        });
      }
      await refused(user, 'session.refused', origin, result.locked ? { locked: true } : {});
      throw new HttpProblem(401, 'wrong-password', 'The user name, the password or the code is wrong.', {
        remedy: 'Check them and try again.',
      });
    },
    session: (request) => showPerson(requirePerson(request.caller)),
    signOut: async (request, reply) => {
      const person = requirePerson(request.caller);
      await audit.record({
        actor: actorOf(person),
        action: 'session.end',
        object: person.session.slice(0, 24),
        place: '',
        detail: {},
        outcome: 'done',
      });
      await access.end(person);
      return reply.clearCookie(sessionCookie, { path: '/' }).status(204).send();
    },
    changePassword: async (request, reply) => {
      const { current, next } = request.body as { current: string; next: string };
      const person = requirePerson(request.caller);
      await toldBy(request, 'person.password', person.user, {}, async () => {
        if (!(await access.changePassword(person, current, next, request.ip)))
          throw new HttpProblem(403, 'wrong-password', 'The current password is wrong.', {
            field: 'current',
          });
      });
      return reply.status(204).send();
    },
    signInWays: (request) => ({
      ...(oidc.offered === undefined ? {} : { oidc: oidc.offered }),
      passkeys: placeOf(request) !== undefined,
    }),
    confirm: async (request, reply) => {
      const { password, code } = request.body as { password?: string; code?: string };
      const person = requirePerson(request.caller);
      if (!(await access.confirm(person, password, code, request.ip))) {
        await refused(person.user, 'session.confirm', originOf(request), {});
        throw new HttpProblem(403, 'wrong-password', 'The password or code is wrong.', { field: 'password' });
      }
      return reply.status(204).send();
    },
    oidcStart: async (request, reply) => {
      const { back = '/' } = request.query as { back?: string };
      try {
        const { url, browser } = await oidc.begin(back);
        reply.setCookie(oidcCookie, browser, {
          path: '/api/session/oidc',
          httpOnly: true,
          // Lax: it must come along when the provider sends the browser back.
          sameSite: 'lax',
          secure,
          maxAge: 300,
        });
        return reply.redirect(url, 302);
      } catch (error) {
        return failedOidc(reply, error);
      }
    },
    oidcCallback: async (request, reply) => {
      const origin = originOf(request);
      reply.clearCookie(oidcCookie, { path: '/api/session/oidc' });
      try {
        const question = request.url.indexOf('?');
        const vouched = await oidc.finish(
          question === -1 ? '' : request.url.slice(question + 1),
          request.cookies[oidcCookie],
        );
        await open(reply, await access.signInWithOidc(vouched, origin), origin, 'oidc');
        return reply.redirect(insideOnly(vouched.back), 302);
      } catch (error) {
        if (error instanceof AccessError)
          await refused('', 'session.refused', origin, { way: 'oidc', error: error.message });
        return failedOidc(reply, error);
      }
    },
    passkeyChallenge: (request) => access.passkeys.beginSignIn(requirePlace(request)),
    passkeySignIn: async (request, reply) => {
      const { id, response } = request.body as { id: string; response: Record<string, unknown> };
      const origin = originOf(request);
      const result = await access.signInWithPasskey(id, response, origin);
      if (result.outcome === 'in') return open(reply, result, origin, 'passkey');
      await refused('', 'session.refused', origin, { way: 'passkey' });
      throw new HttpProblem(401, 'wrong-passkey', 'This passkey opens nothing here.', {
        words: { title: { en: 'This passkey opens nothing here.', zh: '此通行密钥在这里无效。' } },
      });
    },

    account: (request): Account => {
      const person = requirePerson(request.caller);
      return {
        user: person.user,
        ...access.account(person),
        grants: [...person.grants],
        passkeys: access.passkeys.list(person.user),
        passkeysPossible: placeOf(request) !== undefined,
      };
    },
    ownSessions: (request) => {
      const person = requirePerson(request.caller);
      return access.sessions(person.user, person);
    },
    endOwnSession: async (request, reply) => {
      const person = requirePerson(request.caller);
      const id = parameter(request, 'session');
      await toldBy(request, 'session.end', id.slice(0, 24), {}, async () => {
        if ((await access.endSession(id, person.user)) === undefined) throw notFound('such session');
      });
      return reply.status(204).send();
    },
    ownTokens: (request) => access.tokens(requirePerson(request.caller).user),
    createToken: async (request, reply) => {
      const { title, scopes, days } = request.body as { title: string; scopes: Grant[]; days: number };
      const person = requirePerson(request.caller);
      const made = await toldBy(request, 'token.create', title, { scopes, days }, () =>
        access.createToken(person, title, scopes, days),
      );
      return reply.status(201).send(made);
    },
    deleteOwnToken: async (request, reply) => {
      const person = requirePerson(request.caller);
      const id = parameter(request, 'token');
      await toldBy(request, 'token.delete', id, {}, async () => {
        if ((await access.deleteToken(id, person.user)) === undefined) throw notFound('such token');
      });
      return reply.status(204).send();
    },
    beginTotp: (request) => {
      const person = requirePerson(request.caller);
      return toldBy(request, 'second-factor.begin', person.user, { factor: 'totp' }, () =>
        access.beginTotp(person),
      );
    },
    confirmTotp: async (request) => {
      const person = requirePerson(request.caller);
      const { code } = request.body as { code: string };
      access.lockout.check(person.user, request.ip);
      const recoveryCodes = await toldBy(
        request,
        'second-factor.add',
        person.user,
        { factor: 'totp' },
        async () => {
          const codes = await access.confirmTotp(person, code);
          if (codes !== undefined) return codes;
          access.lockout.fail(person.user, request.ip);
          throw wrongCode();
        },
      );
      return { recoveryCodes };
    },
    removeTotp: async (request, reply) => {
      const person = requirePerson(request.caller);
      await toldBy(request, 'second-factor.remove', person.user, { factor: 'totp' }, () =>
        access.removeTotp(person),
      );
      return reply.status(204).send();
    },
    renewRecoveryCodes: async (request) => {
      const person = requirePerson(request.caller);
      return {
        recoveryCodes: await toldBy(request, 'second-factor.recovery', person.user, {}, () =>
          access.renewRecoveryCodes(person),
        ),
      };
    },
    beginPasskey: (request) => {
      const person = requirePerson(request.caller);
      return access.passkeys.beginRegistration(
        person.user,
        access.account(person).title,
        requirePlace(request),
      );
    },
    addPasskey: async (request, reply) => {
      const person = requirePerson(request.caller);
      const { id, title, response } = request.body as { id: string; title: string; response: unknown };
      const recoveryCodes = await toldBy(
        request,
        'second-factor.add',
        person.user,
        { factor: 'passkey', title },
        async () => {
          const codes = await access.addPasskey(person, id, title, response);
          if (codes !== undefined) return codes;
          throw new HttpProblem(400, 'wrong-passkey', 'This passkey cannot be taken.', {
            remedy: 'Begin again.',
            words: {
              title: { en: 'This passkey cannot be taken.', zh: '无法接受此通行密钥。' },
              remedy: { en: 'Begin again.', zh: '请重新开始。' },
            },
          });
        },
      );
      return reply.status(201).send({ recoveryCodes });
    },
    deletePasskey: async (request, reply) => {
      const person = requirePerson(request.caller);
      const id = parameter(request, 'passkey');
      await toldBy(request, 'second-factor.remove', person.user, { factor: 'passkey', id }, async () => {
        if (!(await access.passkeys.remove(person.user, id))) throw notFound('such passkey');
      });
      return reply.status(204).send();
    },

    people: () => access.people(),
    createPerson: async (request, reply) => {
      const given = request.body as {
        name: string;
        title?: string;
        password?: string;
        mustChangePassword?: boolean;
        grants: Grant[];
      };
      const { person, password } = await toldBy(
        request,
        'person.create',
        given.name,
        { title: given.title ?? '', grants: given.grants },
        () => access.createPerson(given),
      );
      return reply.status(201).send({ person, ...(password === undefined ? {} : { password }) });
    },
    putPerson: (request) => {
      const name = parameter(request, 'name');
      const change = request.body as { title?: string; grants?: Grant[]; disabled?: boolean };
      return toldBy(request, 'person.change', name, { ...change, before: grantsOf(name) }, () =>
        access.changePerson(name, change),
      );
    },
    deletePerson: async (request, reply) => {
      const name = parameter(request, 'name');
      await toldBy(request, 'person.delete', name, { before: grantsOf(name) }, () =>
        access.deletePerson(name),
      );
      return reply.status(204).send();
    },
    resetPassword: async (request) => {
      const name = parameter(request, 'name');
      const { password } = (request.body as { password?: string } | undefined) ?? {};
      const made = await toldBy(request, 'person.reset-password', name, {}, () =>
        access.resetPassword(name, password),
      );
      return made === undefined ? {} : { password: made };
    },
    resetSecondFactor: async (request, reply) => {
      const name = parameter(request, 'name');
      await toldBy(request, 'person.reset-second-factor', name, {}, () => access.resetSecondFactor(name));
      return reply.status(204).send();
    },
    unlockPerson: async (request, reply) => {
      const name = parameter(request, 'name');
      await toldBy(request, 'person.unlock', name, {}, () => access.unlock(name));
      return reply.status(204).send();
    },
    sessions: (request) =>
      access.sessions((request.query as { user?: string }).user, requirePerson(request.caller)),
    endSession: async (request, reply) => {
      const id = parameter(request, 'session');
      await toldBy(request, 'session.end', id.slice(0, 24), {}, async () => {
        if ((await access.endSession(id, undefined)) === undefined) throw notFound('such session');
      });
      return reply.status(204).send();
    },
    tokens: () => access.tokens(undefined),
    deleteToken: async (request, reply) => {
      const id = parameter(request, 'token');
      await toldBy(request, 'token.delete', id, {}, async () => {
        if ((await access.deleteToken(id, undefined)) === undefined) throw notFound('such token');
      });
      return reply.status(204).send();
    },
    oidcSettings: () => oidc.settings,
    putOidcSettings: (request) => {
      const given = request.body as OidcSettings;
      return toldBy(request, 'settings.change', 'oidc', { ...given }, () => oidc.put(given));
    },

    audit: (request) => {
      const person = requirePerson(request.caller);
      const {
        from,
        to,
        limit = searchDefault,
        ...query
      } = request.query as Record<string, string> & { limit?: number; before?: number };
      const instant = (name: 'from' | 'to', text: string | undefined): number | undefined => {
        if (text === undefined) return undefined;
        const time = parseInstant(text);
        if (time === undefined)
          throw new HttpProblem(400, 'wrong-time', `"${name}" is neither RFC 3339 nor epoch milliseconds.`, {
            field: name,
            detail: text.slice(0, 100),
          });
        return time;
      };
      const between = { from: instant('from', from), to: instant('to', to) };
      return audit.search({
        ...(query as object),
        ...(between.from === undefined ? {} : { from: between.from }),
        ...(between.to === undefined ? {} : { to: between.to }),
        limit,
        within: grantsGiving(person.grants, 'audit').map((grant) => grant.place),
      });
    },
    exportAudit: (_request, reply) => {
      const stamp = formatInstant(clock.now()).slice(0, 19).replaceAll(':', '-');
      reply
        .type('application/jsonl; charset=utf-8')
        .header('content-disposition', `attachment; filename="millrace-audit-${stamp}.jsonl"`);
      return reply.send(ReadableStream.from(encoded(audit.export())));
    },
    auditHead: async () => ({ head: (await audit.head()) ?? null }),
    verifyAudit: async () => {
      const { head, ...report } = await audit.verify();
      return { ...report, head: head ?? null };
    },
  };

  function grantsOf(name: string): readonly Grant[] | undefined {
    try {
      return access.person(name).grants;
    } catch {
      return undefined;
    }
  }
}

/** The browser came by a link, not by a program: it is shown the sign-in page with what went wrong. */
function failedOidc(reply: FastifyReply, error: unknown): FastifyReply {
  if (!(error instanceof AccessError)) throw error;
  return reply.redirect(`/sign-in?problem=${encodeURIComponent(error.code)}`, 302);
}

async function* encoded(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const part of parts) yield encoder.encode(part);
}

function showPerson(person: Person): {
  user: string;
  role: string;
  grants: Grant[];
  expires: string;
  mustChangePassword: boolean;
} {
  return {
    user: person.user,
    role: person.role,
    grants: [...person.grants],
    expires: formatInstant(person.expires),
    mustChangePassword: person.mustChangePassword,
  };
}
