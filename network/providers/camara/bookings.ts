import { randomUUID } from 'node:crypto';
import type { Actor, FlowFilter } from '@millrace/contract';
import { ProviderError } from '@millrace/sdk';
import { type Answer, type Call, mayAtPlace } from './call.ts';
import { type Subject, subjectOf } from './devices.ts';
import { filtersOf, flowOf, flowsMeet } from './flows.ts';
import { instant, type Outbox, type SinkOf, sinkOf } from './outbox.ts';
import type { BindingState, CamaraPorts, OfferedProfile } from './ports.ts';
import { CamaraProblem, denied, invalid, notFound } from './problem.ts';
import {
  type AssignmentInfo,
  type BookingStatus,
  type CreateAssignment,
  type CreateSession,
  type Device,
  type SessionInfo,
  secondsOf,
} from './shapes.ts';
import { Collection, type Kept } from './store.ts';

/** Bounds of what is booked from outside. */
export const bookingLimits = {
  sessionsMax: 5000,
  assignmentsMax: 5000,
  perConsumerMax: 1000,
  /** Asked of the network and not in force after this: it is not coming. */
  requestedSecondsMax: 600,
  /** Kept so that whoever polls can see how it ended (CAMARA: at least 360 s). */
  endedSecondsKept: 360,
  /** A session whose profile names no longest duration. */
  durationSecondsMax: 86_400,
  shownMax: 100,
} as const;
const int32Max = 2_147_483_647;
const second = 1_000_000;
/** How often the network is read, µs: while it is awaited, and while it holds. Beside that it tells by itself. */
const readEvery = { REQUESTED: 5 * second, AVAILABLE: 60 * second } as const;

/** A session of Quality on Demand, or a permanent assignment of QoS Provisioning: one life, two ways of writing it. */
interface Booking extends Kept {
  readonly kind: 'session' | 'assignment';
  readonly key: string;
  readonly terminal: string;
  readonly by: Actor;
  /** As given, answered in the same words. */
  readonly device: Device | undefined;
  readonly request:
    | Omit<CreateSession, 'device' | 'sinkCredential' | 'duration'>
    | Omit<CreateAssignment, 'device' | 'sinkCredential'>;
  readonly sink: SinkOf | undefined;
  readonly asked: number;
  /** Granted, s; of a session that ended: how long it was in force. */
  duration: number | undefined;
  status: BookingStatus;
  statusInfo: 'DURATION_EXPIRED' | 'NETWORK_TERMINATED' | 'DELETE_REQUESTED' | undefined;
  started: number | undefined;
  /** µs; when it ends, or ended. */
  expires: number | undefined;
  ended: number | undefined;
  /** It is over and the network has not taken that yet: it is told again until it has. */
  unreleased: boolean;
}

export class Bookings {
  readonly #ports: CamaraPorts;
  readonly #outbox: Outbox;
  readonly #all: { session: Collection<Booking>; assignment: Collection<Booking> };
  readonly #byKey = new Map<string, Booking>();
  readonly #lastRead = new Map<string, number>();
  /** Bindings being read; true: one changed meanwhile, and is read once more. */
  readonly #reading = new Map<string, boolean>();

  constructor(ports: CamaraPorts, outbox: Outbox) {
    this.#ports = ports;
    this.#outbox = outbox;
    this.#all = {
      session: new Collection('session', ports.records),
      assignment: new Collection('assignment', ports.records),
    };
  }

  restore(kind: string, data: unknown): void {
    if (kind !== 'session' && kind !== 'assignment') return;
    const booking = data as Booking;
    this.#all[kind].restore(booking);
    this.#byKey.set(booking.key, booking);
  }

  /* Quality on Demand ------------------------------------------------------------------------------------------------------------ */

  async createSession(call: Call): Promise<Answer> {
    const { device, sinkCredential, duration, ...request } = call.body as CreateSession;
    const flow = flowOf(request);
    const sink = sinkOf(this.#ports, call.api, request.sink, sinkCredential);
    const subject = await subjectOf(this.#ports.terminals, call, device);
    const offered = this.#profile(request.qosProfile, 'session', 'QUALITY_ON_DEMAND');
    const { least, most } = durationsOf(offered);
    if (duration < least || duration > most)
      throw new CamaraProblem(
        400,
        'QUALITY_ON_DEMAND.DURATION_OUT_OF_RANGE',
        `Sessions with ${request.qosProfile} last ${least} to ${most} s; ${duration} s were asked for.`,
      );
    const filters = filtersOf(flow);
    for (const other of this.#all.session.all()) {
      if (other.terminal !== subject.terminal.id) continue;
      if (flowsMeet(flow, flowOf(other.request as CreateSession)))
        throw new CamaraProblem(
          409,
          'CONFLICT',
          'There is a session for this device and flow already; delete it, or wait until it is gone.',
        );
    }
    const booking = await this.#book('session', call, subject, request, sink, duration, offered, filters);
    return { status: 201, body: sessionInfo(booking) };
  }

  getSession(call: Call): Promise<Answer> {
    return this.#show('session', call, call.parameters.sessionId!);
  }

  async deleteSession(call: Call): Promise<Answer> {
    await this.#delete('session', call, call.parameters.sessionId!);
    return { status: 204 };
  }

  async extendSession(call: Call): Promise<Answer> {
    const booking = await this.#own('session', call, call.parameters.sessionId!);
    if (booking.status !== 'AVAILABLE' || booking.started === undefined)
      throw new CamaraProblem(
        409,
        'QUALITY_ON_DEMAND.SESSION_EXTENSION_NOT_ALLOWED',
        `The session is ${booking.status}; only one that is AVAILABLE can be extended.`,
      );
    const { requestedAdditionalDuration } = call.body as { requestedAdditionalDuration: number };
    const offered = this.#ports.profiles().find(({ profile }) => profile.name === booking.request.qosProfile);
    const most = offered === undefined ? bookingLimits.durationSecondsMax : durationsOf(offered).most;
    const duration = Math.max(
      booking.duration!,
      Math.min(booking.duration! + requestedAdditionalDuration, most, int32Max),
    );
    await this.#audit(call, 'network.session.extend', booking, { durationSeconds: duration });
    const state = await this.#ports.bindings.extend(booking.key, duration);
    if (booking.status !== 'AVAILABLE' || booking.started === undefined)
      throw new CamaraProblem(
        409,
        'QUALITY_ON_DEMAND.SESSION_EXTENSION_NOT_ALLOWED',
        'The session ended while it was being extended.',
      );
    booking.duration = duration;
    booking.expires = booking.started + duration * second;
    await this.#all.session.put(booking);
    await this.#take(booking, state);
    return { status: 200, body: sessionInfo(booking) };
  }

  async retrieveSessions(call: Call): Promise<Answer> {
    const { device } = call.body as { device?: Device };
    const subject = await subjectOf(this.#ports.terminals, call, device);
    const sessions = [...this.#all.session.of(call.consumer)]
      .filter(({ terminal }) => terminal === subject.terminal.id)
      .sort((a, b) => b.asked - a.asked)
      .slice(0, bookingLimits.shownMax);
    return { status: 200, body: sessions.map(sessionInfo) };
  }

  /* QoS Provisioning --------------------------------------------------------------------------------------------------------------- */

  async createAssignment(call: Call): Promise<Answer> {
    const { device, sinkCredential, ...request } = call.body as CreateAssignment;
    const sink = sinkOf(this.#ports, call.api, request.sink, sinkCredential);
    const subject = await subjectOf(this.#ports.terminals, call, device);
    const offered = this.#profile(request.qosProfile, 'assignment', 'QOS_PROVISIONING');
    for (const other of this.#all.assignment.all())
      if (other.terminal === subject.terminal.id)
        throw new CamaraProblem(
          409,
          'CONFLICT',
          'A QoS profile is assigned to this device already; revoke it, or wait until it is gone.',
        );
    const booking = await this.#book('assignment', call, subject, request, sink, undefined, offered, []);
    return { status: 201, body: assignmentInfo(booking) };
  }

  getAssignment(call: Call): Promise<Answer> {
    return this.#show('assignment', call, call.parameters.assignmentId!);
  }

  async revokeAssignment(call: Call): Promise<Answer> {
    await this.#delete('assignment', call, call.parameters.assignmentId!);
    return { status: 204 };
  }

  async retrieveAssignment(call: Call): Promise<Answer> {
    const { device } = call.body as { device?: Device };
    const subject = await subjectOf(this.#ports.terminals, call, device);
    for (const booking of this.#all.assignment.of(call.consumer))
      if (booking.terminal === subject.terminal.id) return { status: 200, body: assignmentInfo(booking) };
    throw notFound('No QoS profile is assigned to this device by this client.');
  }

  /* Their life ----------------------------------------------------------------------------------------------------------------------- */

  /** The network may have changed something. */
  changed(key: string): void {
    const booking = this.#byKey.get(key);
    if (booking !== undefined) void this.#read(booking);
  }

  /** Ends what is over, forgets what ended long ago, reads the network where it is time. */
  async tick(now: number): Promise<void> {
    for (const kind of ['session', 'assignment'] as const) {
      for (const booking of [...this.#all[kind].all()]) {
        if (booking.status === 'UNAVAILABLE') {
          if (booking.unreleased) {
            if ((this.#lastRead.get(booking.key) ?? 0) + readEvery.AVAILABLE > now) continue;
            this.#lastRead.set(booking.key, now);
            await this.#release(booking);
            if (booking.unreleased) continue;
            await this.#all[kind].put(booking);
          }
          if (booking.ended! + bookingLimits.endedSecondsKept * second <= now) await this.#forget(booking);
        } else if (
          booking.status === 'AVAILABLE' &&
          booking.expires !== undefined &&
          booking.expires <= now
        ) {
          await this.#end(booking, 'DURATION_EXPIRED', booking.expires);
        } else if (
          booking.status === 'REQUESTED' &&
          booking.asked + bookingLimits.requestedSecondsMax * second <= now
        ) {
          await this.#end(booking, 'NETWORK_TERMINATED', now);
        } else if ((this.#lastRead.get(booking.key) ?? 0) + readEvery[booking.status] <= now) {
          this.#lastRead.set(booking.key, now);
          await this.#read(booking);
        }
      }
    }
  }

  get counts(): { sessions: number; assignments: number } {
    return { sessions: this.#all.session.size, assignments: this.#all.assignment.size };
  }

  #profile(name: string, use: 'session' | 'assignment', api: string): OfferedProfile {
    const offered = this.#ports.profiles().find(({ profile }) => profile.name === name);
    if (offered === undefined) throw invalid(`There is no QoS profile "${name}" here.`);
    if (offered.profile.status !== 'ACTIVE' || !offered.uses.includes(use))
      throw new CamaraProblem(
        422,
        `${api}.QOS_PROFILE_NOT_APPLICABLE`,
        offered.profile.status === 'ACTIVE'
          ? `${name} is not offered for ${use}s.`
          : `${name} is ${offered.profile.status}.`,
      );
    return offered;
  }

  async #book(
    kind: Booking['kind'],
    call: Call,
    subject: Subject,
    request: Booking['request'],
    sink: SinkOf | undefined,
    duration: number | undefined,
    offered: OfferedProfile,
    filters: readonly FlowFilter[],
  ): Promise<Booking> {
    const all = this.#all[kind];
    if (
      all.size >= bookingLimits[`${kind}sMax`] ||
      all.countOf(call.consumer) >= bookingLimits.perConsumerMax
    )
      throw new CamaraProblem(429, 'QUOTA_EXCEEDED', `No more ${kind}s are given; delete some first.`);
    const id = randomUUID();
    const booking: Booking = {
      id,
      kind,
      key: `camara-${kind === 'session' ? 'qod' : 'qos'}-${id}`,
      consumer: call.consumer,
      terminal: subject.terminal.id,
      by: call.caller.actor,
      device: subject.device,
      request,
      sink,
      asked: this.#ports.clock.now(),
      duration,
      status: 'REQUESTED',
      statusInfo: undefined,
      started: undefined,
      expires: undefined,
      ended: undefined,
      unreleased: false,
    };
    this.#byKey.set(booking.key, booking);
    // Held in memory from here on, so that the next request for the same flow meets it.
    const durable = all.put(booking);
    try {
      await durable;
      await this.#audit(call, `network.${kind}.create`, booking, {
        profile: request.qosProfile,
        durationSeconds: duration ?? null,
      });
    } catch (error) {
      await this.#forget(booking).catch(() => {});
      throw error;
    }
    try {
      const state = await this.#ports.bindings.request({
        key: booking.key,
        terminal: booking.terminal,
        by: booking.by,
        profile: request.qosProfile,
        qos: offered.qos,
        filters,
        durationSeconds: duration,
      });
      await this.#take(booking, state);
    } catch (error) {
      if (error instanceof ProviderError && error.kind === 'refused') {
        await this.#end(booking, 'NETWORK_TERMINATED', this.#ports.clock.now());
        return booking;
      }
      // It may have reached the network before it failed.
      await this.#release(booking);
      if (booking.unreleased) await this.#end(booking, 'NETWORK_TERMINATED', this.#ports.clock.now());
      else await this.#forget(booking).catch(() => {});
      throw error;
    }
    return booking;
  }

  /** The client's own, which it may reach at the terminal's place. Throws CamaraProblem. */
  async #own(kind: Booking['kind'], call: Call, id: string): Promise<Booking> {
    const booking = this.#all[kind].get(id.toLowerCase());
    const terminal = booking && (await this.#ports.terminals.get(booking.terminal));
    if (
      booking === undefined ||
      booking.consumer !== call.consumer ||
      (terminal !== undefined && !mayAtPlace(call, terminal.place, 'read'))
    )
      throw notFound(`There is no such ${kind} of this client.`);
    if (terminal !== undefined && !mayAtPlace(call, terminal.place))
      throw denied(`The token does not hold ${call.operation.scopes[0]} for this device.`);
    return booking;
  }

  async #show(kind: Booking['kind'], call: Call, id: string): Promise<Answer> {
    const booking = await this.#own(kind, call, id);
    return { status: 200, body: kind === 'session' ? sessionInfo(booking) : assignmentInfo(booking) };
  }

  async #delete(kind: Booking['kind'], call: Call, id: string): Promise<void> {
    const booking = await this.#own(kind, call, id);
    await this.#audit(call, `network.${kind}.delete`, booking, {});
    const wasAvailable = booking.status === 'AVAILABLE';
    if (booking.status !== 'UNAVAILABLE') await this.#ports.bindings.release(booking.key);
    booking.status = 'UNAVAILABLE';
    booking.statusInfo = 'DELETE_REQUESTED';
    if (wasAvailable) this.#tell(booking);
    await this.#forget(booking);
  }

  async #read(booking: Booking): Promise<void> {
    // One question about a binding at a time: a slow network would be asked again and again.
    if (this.#reading.has(booking.key)) {
      this.#reading.set(booking.key, true);
      return;
    }
    do {
      this.#reading.set(booking.key, false);
      try {
        const state = await this.#ports.bindings.read(booking.key);
        await this.#take(booking, state ?? { standing: 'lost' });
      } catch (error) {
        this.#ports.log.warn('a binding could not be read', { key: booking.key, error: String(error) });
      }
    } while (this.#reading.get(booking.key) === true);
    this.#reading.delete(booking.key);
  }

  /** Brings the booking to where the network says it is. */
  async #take(booking: Booking, { standing, cannotBeReadBack }: BindingState): Promise<void> {
    if (booking.status === 'UNAVAILABLE' || !this.#byKey.has(booking.key)) return;
    const now = this.#ports.clock.now();
    if (standing === 'refused' || standing === 'lost' || standing === 'released') {
      await this.#end(booking, 'NETWORK_TERMINATED', now);
    } else if (
      booking.status === 'REQUESTED' &&
      (standing === 'effective' || (standing === 'accepted' && cannotBeReadBack === true))
    ) {
      booking.status = 'AVAILABLE';
      booking.started = now;
      if (booking.duration !== undefined) booking.expires = now + booking.duration * second;
      await this.#all[booking.kind].put(booking);
      this.#tell(booking);
    }
  }

  async #end(booking: Booking, why: 'DURATION_EXPIRED' | 'NETWORK_TERMINATED', at: number): Promise<void> {
    if (booking.status === 'UNAVAILABLE') return;
    booking.status = 'UNAVAILABLE';
    booking.statusInfo = why;
    booking.ended = this.#ports.clock.now();
    if (booking.kind === 'session') {
      booking.duration =
        booking.started === undefined ? 1 : Math.max(1, Math.round((at - booking.started) / second));
      booking.expires = at;
    }
    await this.#release(booking);
    await this.#all[booking.kind].put(booking);
    this.#tell(booking);
  }

  async #release(booking: Booking): Promise<void> {
    try {
      await this.#ports.bindings.release(booking.key);
      booking.unreleased = false;
    } catch (error) {
      booking.unreleased = true;
      this.#ports.log.warn('a binding that is over could not be released; it is tried again', {
        key: booking.key,
        error: String(error),
      });
    }
  }

  async #forget(booking: Booking): Promise<void> {
    this.#byKey.delete(booking.key);
    this.#lastRead.delete(booking.key);
    await this.#all[booking.kind].remove(booking.id);
  }

  #tell(booking: Booking): void {
    const statusInfo =
      booking.status === 'UNAVAILABLE' && booking.statusInfo !== undefined
        ? { statusInfo: booking.statusInfo }
        : {};
    const isSession = booking.kind === 'session';
    this.#outbox.send(booking.sink, {
      type: isSession
        ? 'org.camaraproject.quality-on-demand.v1.qos-status-changed'
        : 'org.camaraproject.qos-provisioning.v0.status-changed',
      source: isSession
        ? `${this.#ports.publicUrl}/quality-on-demand/v1/sessions/${booking.id}`
        : `${this.#ports.publicUrl}/qos-provisioning/v0.4/qos-assignments/${booking.id}`,
      data: isSession
        ? { sessionId: booking.id, qosStatus: booking.status, ...statusInfo }
        : { assignmentId: booking.id, status: booking.status, ...statusInfo },
    });
  }

  async #audit(call: Call, action: string, booking: Booking, detail: Record<string, unknown>): Promise<void> {
    const terminal = await this.#ports.terminals.get(booking.terminal);
    await this.#ports.audit({
      actor: call.caller.actor,
      action,
      object: booking.terminal,
      place: terminal?.place ?? '',
      detail: { key: booking.key, ...detail },
      outcome: 'asked',
    });
  }
}

function durationsOf({ profile }: OfferedProfile): { least: number; most: number } {
  return {
    least: Math.max(1, Math.ceil(secondsOf(profile.minDuration) ?? 1)),
    most: Math.min(int32Max, Math.floor(secondsOf(profile.maxDuration) ?? bookingLimits.durationSecondsMax)),
  };
}

function sessionInfo(booking: Booking): SessionInfo {
  const { id, device, request, duration, status, statusInfo, started, expires } = booking;
  return {
    ...(device === undefined ? {} : { device }),
    ...(request as Omit<CreateSession, 'device' | 'sinkCredential' | 'duration'>),
    sessionId: id,
    duration: duration!,
    ...(started === undefined ? {} : { startedAt: instant(started) }),
    ...(expires === undefined ? {} : { expiresAt: instant(expires) }),
    qosStatus: status,
    ...(status === 'UNAVAILABLE' && statusInfo !== undefined ? { statusInfo } : {}),
  };
}

function assignmentInfo(booking: Booking): AssignmentInfo {
  const { id, device, request, status, statusInfo, started } = booking;
  return {
    ...(device === undefined ? {} : { device }),
    qosProfile: request.qosProfile,
    ...(request.sink === undefined ? {} : { sink: request.sink }),
    assignmentId: id,
    ...(started === undefined ? {} : { startedAt: instant(started) }),
    status,
    ...(status === 'UNAVAILABLE' && statusInfo !== undefined && statusInfo !== 'DURATION_EXPIRED'
      ? { statusInfo }
      : {}),
  };
}
