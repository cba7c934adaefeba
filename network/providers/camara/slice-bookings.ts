import { randomUUID } from 'node:crypto';
import type { Actor, SliceProfile } from '@millrace/contract';
import type { Answer, Call } from './call.ts';
import { mayAtPlace } from './call.ts';
import { type Subject, subjectOf } from './devices.ts';
import { instant, type Outbox, type SinkOf, sinkOf } from './outbox.ts';
import type { CamaraPorts } from './ports.ts';
import { CamaraProblem, denied, invalid, notFound, outOfRange } from './problem.ts';
import {
  areaProblem,
  type Device,
  type DeviceAssignment,
  kbpsOf,
  type SinkCredential,
  type SliceAttributes,
  type SliceInfo,
  secondsOf,
  sliceDevicesMax,
} from './shapes.ts';
import { Collection, type Kept } from './store.ts';

/** Bounds of slices booked from outside. */
export const sliceBookingLimits = {
  slicesMax: 64,
  perConsumerMax: 16,
  /** A booking begins at most so far ahead, and lasts at most so long. */
  daysMax: 366,
  /** Kept to be looked at after its end. */
  endedSecondsKept: 3600,
  /** A start this far back is still "now": clocks differ. */
  lateSecondsMax: 300,
} as const;
const second = 1_000_000;
const day = 86_400 * second;

interface Assigned {
  readonly terminal: string;
  readonly device: Device | undefined;
  readonly sink: SinkOf | undefined;
  done: boolean;
}

interface Slice extends Kept {
  readonly key: string;
  readonly by: Actor;
  readonly attributes: Omit<SliceAttributes, 'sinkCredential'>;
  readonly from: number;
  readonly to: number | undefined;
  readonly devicesMax: number;
  state: 'reserving' | 'reserved' | 'active' | 'ended';
  ended: number | undefined;
  /** The network has not taken its end yet. */
  unended: boolean;
  devices: Assigned[];
}

/** Slice Booking and Slice Assignment. A device assigned before the slice begins is PENDING until then. */
export class SliceBookings {
  readonly #ports: CamaraPorts;
  readonly #outbox: Outbox;
  readonly #all: Collection<Slice>;
  #working = new Set<string>();

  constructor(ports: CamaraPorts, outbox: Outbox) {
    this.#ports = ports;
    this.#outbox = outbox;
    this.#all = new Collection('slice', ports.records);
  }

  restore(kind: string, data: unknown): void {
    if (kind === 'slice') this.#all.restore(data as Slice);
  }

  async create(call: Call): Promise<Answer> {
    const { sinkCredential, ...attributes } = call.body as SliceAttributes;
    const { serviceTime, serviceArea, sliceQosProfile } = attributes;
    const wrong = areaProblem(serviceArea, ['CIRCLE', 'POLYGON']);
    if (wrong !== undefined) throw invalid(`serviceArea: ${wrong}.`);
    const sink = sinkOf(this.#ports, call.api, attributes.sink, sinkCredential);
    if (!mayAtPlace(call, ''))
      throw denied(`The token does not hold ${call.operation.scopes[0]} for the plant.`);
    const now = this.#ports.clock.now();
    const from = Date.parse(serviceTime.startDate) * 1000;
    const to = serviceTime.endDate === undefined ? undefined : Date.parse(serviceTime.endDate) * 1000;
    if (from < now - sliceBookingLimits.lateSecondsMax * second)
      throw outOfRange('serviceTime.startDate has passed.');
    if (to !== undefined && to <= Math.max(from, now))
      throw outOfRange('serviceTime.endDate must be after startDate.');
    if (
      from > now + sliceBookingLimits.daysMax * day ||
      (to !== undefined && to - from > sliceBookingLimits.daysMax * day)
    )
      throw outOfRange(
        `Slices are booked for at most ${sliceBookingLimits.daysMax} days, and as long ahead.`,
      );
    if (
      this.#all.size >= sliceBookingLimits.slicesMax ||
      this.#all.countOf(call.consumer) >= sliceBookingLimits.perConsumerMax
    )
      throw new CamaraProblem(429, 'QUOTA_EXCEEDED', 'No more slices are given; delete some first.');
    const id = randomUUID();
    const slice: Slice = {
      id,
      key: `camara-slice-${id}`,
      consumer: call.consumer,
      by: call.caller.actor,
      attributes,
      from,
      to,
      devicesMax: sliceQosProfile.maxNumOfDevices ?? sliceDevicesMax,
      state: 'reserving',
      ended: undefined,
      unended: false,
      devices: [],
    };
    await this.#all.put(slice);
    try {
      await this.#audit(call, 'network.slice.create', slice, {
        from: instant(from),
        to: to === undefined ? null : instant(to),
      });
      const answer = await this.#ports.slices.reserve({
        key: slice.key,
        by: slice.by,
        area: serviceArea,
        from,
        to,
        devicesMax: slice.devicesMax,
        profile: profileOf(attributes, slice.devicesMax),
      });
      if (answer === 'area-not-supported')
        throw new CamaraProblem(
          422,
          'NETWORK_SLICE_BOOKING.SERVICEAREA_NOT_SUPPORTED',
          'This network does not cover that area.',
        );
      if (answer === 'resources-insufficient')
        throw new CamaraProblem(
          422,
          'NETWORK_SLICE_BOOKING.RESOURCES_INSUFFICIENT',
          'There is not enough left for this slice at that time.',
        );
    } catch (error) {
      await this.#all.remove(id);
      throw error;
    }
    slice.state = 'reserved';
    await this.#all.put(slice);
    await this.#advance(slice, now);
    const body = sliceInfo(slice);
    this.#outbox.send(sink, {
      type: 'org.camaraproject.network-slice-booking.v0.status-changed',
      source: `${this.#ports.publicUrl}/network-slice-booking/v0.2/slices/${id}`,
      data: body,
    });
    return { status: 201, body };
  }

  async get(call: Call): Promise<Answer> {
    return { status: 200, body: sliceInfo(this.#own(call)) };
  }

  async delete(call: Call): Promise<Answer> {
    const slice = this.#own(call);
    if (!mayAtPlace(call, ''))
      throw denied(`The token does not hold ${call.operation.scopes[0]} for the plant.`);
    await this.#audit(call, 'network.slice.delete', slice, {});
    if (slice.state !== 'ended' || slice.unended) await this.#ports.slices.end(slice.key);
    await this.#all.remove(slice.id);
    return { status: 204 };
  }

  async assign(call: Call): Promise<Answer> {
    const {
      device,
      sink: url,
      sinkCredential,
    } = call.body as {
      device?: Device;
      sink?: string;
      sinkCredential?: SinkCredential;
    };
    const sink = sinkOf(this.#ports, call.api, url, sinkCredential);
    const subject = await subjectOf(this.#ports.terminals, call, device);
    const slice = this.#own(call);
    if (slice.state === 'ended') throw notFound('The time of this slice is over.');
    const failed = (statusInfo: string): Answer => ({
      status: 201,
      body: assignment(slice, subject.device, 'FAILURE', statusInfo),
    });
    if (slice.devices.some(({ terminal }) => terminal === subject.terminal.id))
      return failed('DEVICE_ALREADY_ASSIGNED');
    if (slice.devices.length >= slice.devicesMax) return failed('MAX_DEVICES_EXCEEDED');
    const assigned: Assigned = { terminal: subject.terminal.id, device: subject.device, sink, done: false };
    slice.devices.push(assigned);
    try {
      await this.#auditDevice(call, 'network.slice.assign', slice, subject);
      await this.#all.put(slice);
      if (slice.state === 'active') {
        await this.#ports.slices.assign(
          slice.key,
          assigned.terminal,
          profileOf(slice.attributes, slice.devicesMax),
        );
        assigned.done = true;
        await this.#all.put(slice);
      }
    } catch (error) {
      slice.devices = slice.devices.filter((other) => other !== assigned);
      await this.#all.put(slice);
      throw error;
    }
    if (!assigned.done)
      return { status: 201, body: assignment(slice, subject.device, 'PENDING', 'VALIDATION_PENDING') };
    this.#tell(slice, assigned);
    return { status: 201, body: assignment(slice, subject.device, 'SUCCESS', 'ASSIGNMENT_COMPLETED') };
  }

  async devices(call: Call): Promise<Answer> {
    const slice = this.#own(call);
    const deviceList: Device[] = slice.devices.flatMap(({ device }) =>
      device === undefined ? [] : [device],
    );
    return { status: 200, body: { deviceList, sliceInfo: sliceInfo(slice) } };
  }

  async release(call: Call): Promise<Answer> {
    const { device } = call.body as { device: Device };
    const subject = await subjectOf(this.#ports.terminals, call, device);
    const slice = this.#own(call);
    const assigned = slice.devices.find(({ terminal }) => terminal === subject.terminal.id);
    const answer = (status: string, statusInfo: string): Answer => ({
      status: 200,
      body: {
        ...(subject.device === undefined ? {} : { device: subject.device }),
        sliceId: slice.id,
        status,
        statusInfo,
      },
    });
    if (assigned === undefined) return answer('FAILURE', 'DEVICE_ALREADY_RELEASED');
    await this.#auditDevice(call, 'network.slice.release', slice, subject);
    if (assigned.done) await this.#ports.slices.unassign(slice.key, assigned.terminal);
    slice.devices = slice.devices.filter((other) => other !== assigned);
    await this.#all.put(slice);
    return answer('SUCCESS', 'RELEASE_COMPLETED');
  }

  async ofDevice(call: Call): Promise<Answer> {
    const subject = await subjectOf(this.#ports.terminals, call, call.body as Device);
    const sliceList = [...this.#all.of(call.consumer)]
      .filter(
        ({ state, devices }) =>
          state !== 'ended' && devices.some(({ terminal }) => terminal === subject.terminal.id),
      )
      .map(sliceInfo);
    return { status: 200, body: { sliceList } };
  }

  async tick(now: number): Promise<void> {
    for (const slice of [...this.#all.all()]) await this.#advance(slice, now);
  }

  get count(): number {
    return this.#all.size;
  }

  /** Starts, ends, forgets it when its time has come; what the network did not take is tried at the next tick. */
  async #advance(slice: Slice, now: number): Promise<void> {
    if (this.#working.has(slice.id) || slice.state === 'reserving') return;
    this.#working.add(slice.id);
    try {
      if (slice.state !== 'ended' && slice.to !== undefined && slice.to <= now) {
        slice.state = 'ended';
        slice.ended = now;
        slice.unended = true;
        await this.#all.put(slice);
      }
      if (slice.unended) {
        await this.#ports.slices.end(slice.key);
        slice.unended = false;
        await this.#all.put(slice);
      }
      if (slice.state === 'ended') {
        if (slice.ended! + sliceBookingLimits.endedSecondsKept * second <= now)
          await this.#all.remove(slice.id);
        return;
      }
      if (slice.state === 'reserved' && slice.from <= now) {
        await this.#ports.slices.start(slice.key);
        slice.state = 'active';
        await this.#all.put(slice);
      }
      if (slice.state !== 'active') return;
      for (const assigned of slice.devices.filter(({ done }) => !done)) {
        await this.#ports.slices.assign(
          slice.key,
          assigned.terminal,
          profileOf(slice.attributes, slice.devicesMax),
        );
        assigned.done = true;
        await this.#all.put(slice);
        this.#tell(slice, assigned);
      }
    } catch (error) {
      this.#ports.log.warn('a booked slice could not be brought to where it should be; it is tried again', {
        key: slice.key,
        state: slice.state,
        error: String(error),
      });
    } finally {
      this.#working.delete(slice.id);
    }
  }

  #own(call: Call): Slice {
    const slice = this.#all.get(call.parameters.sliceId!.toLowerCase());
    if (slice === undefined || slice.consumer !== call.consumer || slice.state === 'reserving')
      throw notFound('There is no such slice of this client.');
    return slice;
  }

  #tell(slice: Slice, { device, sink }: Assigned): void {
    this.#outbox.send(sink, {
      type: 'org.camaraproject.network-slice-assignment.v0.status-changed',
      source: `${this.#ports.publicUrl}/network-slice-assignment/v0.1/slices/${slice.id}/devices`,
      data: assignment(slice, device, 'SUCCESS', 'ASSIGNMENT_COMPLETED'),
    });
  }

  async #audit(call: Call, action: string, slice: Slice, detail: Record<string, unknown>): Promise<void> {
    await this.#ports.audit({
      actor: call.caller.actor,
      action,
      object: slice.key,
      place: '',
      detail,
      outcome: 'asked',
    });
  }

  async #auditDevice(call: Call, action: string, slice: Slice, { terminal }: Subject): Promise<void> {
    await this.#ports.audit({
      actor: call.caller.actor,
      action,
      object: terminal.id,
      place: terminal.place,
      detail: { slice: slice.key },
      outcome: 'asked',
    });
  }
}

function profileOf(
  { sliceQosProfile }: Omit<SliceAttributes, 'sinkCredential'>,
  devices: number,
): Omit<SliceProfile, 'snssai'> {
  const { downStreamRatePerDevice, upStreamRatePerDevice, downStreamDelayBudget, upStreamDelayBudget } =
    sliceQosProfile;
  const down = kbpsOf(downStreamRatePerDevice);
  const up = kbpsOf(upStreamRatePerDevice);
  const downSeconds = secondsOf(downStreamDelayBudget);
  const upSeconds = secondsOf(upStreamDelayBudget);
  return {
    maxNumberofUEs: devices,
    ...(down === undefined ? {} : { dLThptPerUE: down, dLThptPerSlice: down * devices }),
    ...(up === undefined ? {} : { uLThptPerUE: up, uLThptPerSlice: up * devices }),
    ...(downSeconds === undefined ? {} : { dLLatency: downSeconds * 1000 }),
    ...(upSeconds === undefined ? {} : { uLLatency: upSeconds * 1000 }),
  };
}

function sliceInfo({ id, attributes }: Slice): SliceInfo {
  return { ...attributes, sliceId: id };
}

function assignment(
  slice: Slice,
  device: Device | undefined,
  status: DeviceAssignment['status'],
  statusInfo: string,
): DeviceAssignment {
  return { ...(device === undefined ? {} : { device }), sliceId: slice.id, status, statusInfo };
}
