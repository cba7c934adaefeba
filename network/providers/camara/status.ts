import type { Answer, Call } from './call.ts';
import { subjectOf } from './devices.ts';
import { instant } from './outbox.ts';
import type { CamaraPorts, TerminalPosition, TerminalStatus } from './ports.ts';
import { CamaraProblem, invalid } from './problem.ts';
import { type Area, areaProblem, type Device, type Point } from './shapes.ts';

/** What is known of a device now: reachability, roaming, network, place. */

const unknown = (what: string): CamaraProblem =>
  new CamaraProblem(503, 'UNAVAILABLE', `${what} is not known now; try again later.`);

/** Reachable by data, by SMS only, or not; undefined where it is not known. */
export function reachabilityOf(
  status: TerminalStatus | undefined,
): 'data' | 'sms' | 'disconnected' | undefined {
  if (status === undefined || (status.data === undefined && status.sms === undefined)) return undefined;
  if (status.data === true) return 'data';
  if (status.sms === true) return 'sms';
  return status.data === false ? 'disconnected' : undefined;
}

export async function reachability(ports: CamaraPorts, call: Call): Promise<Answer> {
  const { terminal } = await subjectOf(ports.terminals, call, (call.body as { device?: Device }).device);
  const status = await ports.terminals.status(terminal.id);
  const how = reachabilityOf(status);
  if (how === undefined) throw unknown('Whether the device can be reached');
  const connectivity = [...(how === 'data' ? ['DATA'] : []), ...(status?.sms === true ? ['SMS'] : [])];
  return {
    status: 200,
    body: {
      lastStatusTime: instant(status!.time),
      reachable: how !== 'disconnected',
      ...(connectivity.length === 0 ? {} : { connectivity }),
    },
  };
}

export async function roaming(ports: CamaraPorts, call: Call): Promise<Answer> {
  const { terminal } = await subjectOf(ports.terminals, call, (call.body as { device?: Device }).device);
  if (terminal.kind !== 'nr' && terminal.kind !== 'lte')
    throw new CamaraProblem(422, 'SERVICE_NOT_APPLICABLE', 'The device is not in a mobile network.');
  const status = await ports.terminals.status(terminal.id);
  if (status?.roaming === undefined) throw unknown('Whether the device is roaming');
  return {
    status: 200,
    body: {
      lastStatusTime: instant(status.time),
      roaming: status.roaming,
      ...(status.country === undefined
        ? {}
        : { countryCode: status.country.code, countryName: status.country.names }),
    },
  };
}

export async function networkType(ports: CamaraPorts, call: Call): Promise<Answer> {
  const { terminal } = await subjectOf(ports.terminals, call, (call.body as { device?: Device }).device);
  const status = await ports.terminals.status(terminal.id);
  return {
    status: 200,
    body: {
      ...(status === undefined ? {} : { lastStatusTime: instant(status.time) }),
      connectedNetworkType: status?.networkType ?? 'UNKNOWN',
    },
  };
}

export async function location(ports: CamaraPorts, call: Call): Promise<Answer> {
  const { device, maxAge, maxSurface } = call.body as {
    device?: Device;
    maxAge?: number;
    maxSurface?: number;
  };
  const subject = await subjectOf(ports.terminals, call, device);
  const position = await located(ports, 'LOCATION_RETRIEVAL', subject.terminal.id, maxAge);
  if (maxSurface !== undefined && Math.PI * position.radiusMetres ** 2 > maxSurface)
    throw new CamaraProblem(
      422,
      'LOCATION_RETRIEVAL.UNABLE_TO_FULFILL_MAX_SURFACE',
      `The device is known to within ${Math.ceil(position.radiusMetres)} m, which is a larger surface.`,
    );
  return {
    status: 200,
    body: {
      lastLocationTime: instant(position.time),
      area: { areaType: 'CIRCLE', center: position.center, radius: Math.max(1, position.radiusMetres) },
      ...(subject.device === undefined ? {} : { device: subject.device }),
    },
  };
}

export async function verifyLocation(ports: CamaraPorts, call: Call): Promise<Answer> {
  const { device, area, maxAge } = call.body as { device?: Device; area: Area; maxAge?: number };
  const wrong = areaProblem(area, ['CIRCLE']);
  if (wrong !== undefined) throw invalid(`area: ${wrong}.`);
  const subject = await subjectOf(ports.terminals, call, device);
  const position = await located(ports, 'LOCATION_VERIFICATION', subject.terminal.id, maxAge);
  const rate = matchRate(position, { center: area.center!, radiusMetres: area.radius! });
  return {
    status: 200,
    body: {
      verificationResult: rate === 100 ? 'TRUE' : rate === 0 ? 'FALSE' : 'PARTIAL',
      lastLocationTime: instant(position.time),
      ...(rate > 0 && rate < 100 ? { matchRate: rate } : {}),
      ...(subject.device === undefined ? {} : { device: subject.device }),
    },
  };
}

async function located(
  ports: CamaraPorts,
  api: string,
  terminal: string,
  maxAge: number | undefined,
): Promise<TerminalPosition> {
  const position = await ports.terminals.locate(terminal, maxAge === 0);
  if (position === undefined)
    throw new CamaraProblem(422, `${api}.UNABLE_TO_LOCATE`, 'It is not known where the device is.');
  // A second of grace: found out just now is fresh, even where that took a moment.
  if (maxAge !== undefined && ports.clock.now() - position.time > Math.max(maxAge, 1) * 1_000_000)
    throw new CamaraProblem(
      422,
      `${api}.UNABLE_TO_FULFILL_MAX_AGE`,
      `The device was last located at ${instant(position.time)}.`,
    );
  return position;
}

const earthRadiusMetres = 6_371_008.8;
/** Great circle, m. */
export function distanceMetres(a: Point, b: Point): number {
  const radians = Math.PI / 180;
  const north = (b.latitude - a.latitude) * radians;
  const east = (b.longitude - a.longitude) * radians;
  const chord =
    Math.sin(north / 2) ** 2 +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(east / 2) ** 2;
  return 2 * earthRadiusMetres * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** Share of the device's circle that lies in the asked one, percent: 100 wholly, 0 not at all, else 1 to 99. */
export function matchRate(
  device: { center: Point; radiusMetres: number },
  asked: { center: Point; radiusMetres: number },
): number {
  const distance = distanceMetres(device.center, asked.center);
  const own = Math.max(device.radiusMetres, 0.001);
  const other = asked.radiusMetres;
  if (distance + own <= other) return 100;
  if (distance >= own + other) return 0;
  let shared: number;
  if (distance + other <= own) shared = Math.PI * other ** 2;
  else {
    const angle = (a: number, b: number): number =>
      2 * Math.acos(Math.max(-1, Math.min(1, (distance ** 2 + a ** 2 - b ** 2) / (2 * distance * a))));
    const one = angle(own, other);
    const two = angle(other, own);
    shared = (own ** 2 * (one - Math.sin(one)) + other ** 2 * (two - Math.sin(two))) / 2;
  }
  return Math.min(99, Math.max(1, Math.round((shared / (Math.PI * own ** 2)) * 100)));
}
