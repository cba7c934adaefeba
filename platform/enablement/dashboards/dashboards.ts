import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DashboardInput,
  type DashboardLink,
  dashboardLimits,
  formatInstant,
  type Grant,
  mayAt,
} from '@millrace/contract';
import type { Clock, Log, RecordStore } from '@millrace/sdk';
import type { Person } from '../access/index.ts';
import { HttpProblem, notFound } from '../problems.ts';
import { pictureFormat } from './picture-format.ts';

/** A picture that no tile shows is kept this long: it may be of a dashboard that is being changed. */
const unusedPictureMicroseconds = 86_400_000_000;
/** Dashboards kept in memory for the walls that ask for them every few seconds. */
const keptMax = 200;
const usedEveryMicroseconds = 60_000_000;
const linkPrefix = 'mld_';

export interface DashboardRecord extends DashboardInput {
  id: string;
  owner: string;
  version: number;
  changed: number;
  changedBy: string;
}

interface Link {
  id: string;
  dashboard: string;
  hash: string;
  title: string;
  madeBy: string;
  created: number;
  expires: number;
  lastUsed: number | undefined;
  noted: number;
}

interface Row {
  id: string;
  place: string;
  owner: string;
  content: Pick<DashboardInput, 'title' | 'tiles' | 'phone'>;
  version: number;
  changed: number;
  changed_by: string;
}

export interface DashboardOptions {
  records: RecordStore;
  /** Pictures lie here, each under a name of its own that nobody chose. */
  folder: string;
  clock: Clock;
  log: Log;
}

/** Whether somebody may see a dashboard: `read` at its place. */
export function maySee(grants: readonly Grant[], dashboard: { place: string }): boolean {
  return mayAt(grants, 'read', dashboard.place);
}

/** Whether somebody may change it: `configure` at its place, or its owner, in person, as long as they may see it. */
export function mayChange(person: Person, dashboard: { place: string; owner: string }): boolean {
  if (mayAt(person.grants, 'configure', dashboard.place)) return true;
  return person.token === undefined && person.user === dashboard.owner && maySee(person.grants, dashboard);
}

/** Dashboards, their links and their pictures. */
export class Dashboards {
  readonly #options: DashboardOptions;
  readonly #kept = new Map<string, DashboardRecord>();
  readonly #links = new Map<string, Link>();

  private constructor(options: DashboardOptions) {
    this.#options = options;
  }

  static async open(options: DashboardOptions): Promise<Dashboards> {
    const dashboards = new Dashboards(options);
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    const links = await options.records.query<{
      id: string;
      dashboard: string;
      hash: string;
      title: string;
      made_by: string;
      created: number;
      expires: number;
      last_used: number | null;
    }>(
      `SELECT id, dashboard, hash, title, made_by, created::float8 AS created, expires::float8 AS expires, last_used::float8 AS last_used
       FROM dashboard_links ORDER BY created`,
    );
    for (const { made_by, last_used, ...link } of links)
      dashboards.#links.set(link.hash, {
        ...link,
        madeBy: made_by,
        lastUsed: last_used ?? undefined,
        noted: 0,
      });
    await dashboards.#sweep();
    return dashboards;
  }

  /** All of them, without what stands on them but with how much. */
  async list(): Promise<(Omit<DashboardRecord, 'tiles' | 'phone'> & { tileCount: number; links: number })[]> {
    const rows = await this.#options.records.query<Row & { title: DashboardInput['title']; tiles: number }>(
      `SELECT id, place, owner, content->'title' AS title, jsonb_array_length(content->'tiles') AS tiles, version, changed::float8 AS changed, changed_by
       FROM dashboards ORDER BY changed DESC`,
    );
    const now = this.#options.clock.now();
    const links = new Map<string, number>();
    for (const link of this.#links.values())
      if (link.expires > now) links.set(link.dashboard, (links.get(link.dashboard) ?? 0) + 1);
    return rows.map(({ id, place, owner, title, tiles, version, changed, changed_by }) => ({
      id,
      place,
      owner,
      title,
      version,
      changed,
      changedBy: changed_by,
      tileCount: tiles,
      links: links.get(id) ?? 0,
    }));
  }

  async get(id: string): Promise<DashboardRecord | undefined> {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const [row] = await this.#options.records.query<Row>(
      'SELECT id, place, owner, content, version, changed::float8 AS changed, changed_by FROM dashboards WHERE id = $1',
      [id],
    );
    return row === undefined ? undefined : this.#keep(recordOf(row));
  }

  async create(input: DashboardInput, user: string): Promise<DashboardRecord> {
    checkInput(input);
    const [{ count } = { count: 0 }] = await this.#options.records.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM dashboards',
    );
    if (count >= dashboardLimits.dashboardsMax)
      throw tooMany(`${dashboardLimits.dashboardsMax} dashboards are the most there are (dashboardsMax).`);
    const record: DashboardRecord = {
      ...contentOf(input),
      id: randomUUID(),
      place: tidyPlace(input.place),
      owner: user,
      version: 1,
      changed: this.#options.clock.now(),
      changedBy: user,
    };
    await this.#options.records.query(
      `INSERT INTO dashboards (id, place, owner, content, version, changed, changed_by) VALUES ($1, $2, $3, $4::jsonb, 1, $5, $3)`,
      [record.id, record.place, user, JSON.stringify(contentOf(input)), record.changed],
    );
    return this.#keep(record);
  }

  /** Saves over the version that was changed; where somebody saved since, 409 and nothing is changed. */
  async save(
    before: DashboardRecord,
    input: DashboardInput,
    version: number,
    user: string,
  ): Promise<DashboardRecord> {
    checkInput(input);
    const changed = this.#options.clock.now();
    const [row] = await this.#options.records.query<Row>(
      `UPDATE dashboards SET place = $3, content = $4::jsonb, version = version + 1, changed = $5, changed_by = $6 WHERE id = $1 AND version = $2
       RETURNING id, place, owner, content, version, changed::float8 AS changed, changed_by`,
      [before.id, version, tidyPlace(input.place), JSON.stringify(contentOf(input)), changed, user],
    );
    if (row === undefined) {
      this.#kept.delete(before.id);
      const now = await this.get(before.id);
      if (now === undefined) throw notFound('such dashboard');
      throw new HttpProblem(
        409,
        'changed-meanwhile',
        `Somebody saved this dashboard meanwhile: ${now.changedBy}.`,
        {
          detail: `It is at version ${now.version}, this changes version ${version}.`,
          remedy: 'Load it again and make the change there, or save yours as a copy.',
          field: 'version',
          words: {
            title: {
              en: `Somebody saved this dashboard meanwhile: ${now.changedBy}.`,
              zh: `在此期间有人保存了此看板：${now.changedBy}。`,
            },
            remedy: {
              en: 'Load it again and make the change there, or save yours as a copy.',
              zh: '请重新载入后再修改，或将您的修改另存为副本。',
            },
          },
        },
      );
    }
    return this.#keep(recordOf(row));
  }

  async remove(id: string): Promise<void> {
    const pictures = await this.#options.records.query<{ id: string }>(
      'SELECT id FROM dashboard_pictures WHERE dashboard = $1',
      [id],
    );
    await this.#options.records.transaction([
      { sql: 'DELETE FROM dashboards WHERE id = $1', parameters: [id] },
      { sql: 'DELETE FROM dashboard_links WHERE dashboard = $1', parameters: [id] },
      { sql: 'DELETE FROM dashboard_pictures WHERE dashboard = $1', parameters: [id] },
    ]);
    this.#kept.delete(id);
    for (const [hash, link] of this.#links) if (link.dashboard === id) this.#links.delete(hash);
    for (const picture of pictures) await this.#removeFile(picture.id);
  }

  // Links.

  links(dashboard: string): DashboardLink[] {
    return [...this.#links.values()].filter((link) => link.dashboard === dashboard).map(showLink);
  }

  async createLink(
    dashboard: string,
    title: string,
    days: number,
    user: string,
  ): Promise<{ token: string; link: DashboardLink }> {
    const now = this.#options.clock.now();
    const own = [...this.#links.values()].filter((link) => link.dashboard === dashboard);
    for (const link of own) if (link.expires <= now) await this.#removeLink(link);
    if (own.filter((link) => link.expires > now).length >= dashboardLimits.dashboardLinksMax)
      throw tooMany(
        `${dashboardLimits.dashboardLinksMax} links are the most a dashboard has (dashboardLinksMax); withdraw one first.`,
      );
    const token = `${linkPrefix}${randomBytes(32).toString('base64url')}`;
    const link: Link = {
      id: randomUUID(),
      dashboard,
      hash: hashOf(token),
      title,
      madeBy: user,
      created: now,
      expires: now + days * 86_400_000_000,
      lastUsed: undefined,
      noted: 0,
    };
    await this.#options.records.query(
      'INSERT INTO dashboard_links (id, dashboard, hash, title, made_by, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [link.id, dashboard, link.hash, title, user, link.created, link.expires],
    );
    this.#links.set(link.hash, link);
    return { token, link: showLink(link) };
  }

  /** False where there is none. */
  async removeLink(dashboard: string, id: string): Promise<boolean> {
    const link = [...this.#links.values()].find((one) => one.id === id && one.dashboard === dashboard);
    if (link === undefined) return false;
    await this.#removeLink(link);
    return true;
  }

  /** Whose link this is and what it opens; undefined for one that is not there, withdrawn or over. */
  opened(token: string): { dashboard: string; madeBy: string; expires: number } | undefined {
    if (!token.startsWith(linkPrefix) || token.length > 100) return undefined;
    const link = this.#links.get(hashOf(token));
    const now = this.#options.clock.now();
    if (link === undefined || link.expires <= now) return undefined;
    link.lastUsed = now;
    if (now - link.noted > usedEveryMicroseconds) {
      link.noted = now;
      this.#options.records
        .query('UPDATE dashboard_links SET last_used = $2 WHERE id = $1', [link.id, now])
        .catch((error: unknown) =>
          this.#options.log.warn('the use of a link could not be noted', { error: String(error) }),
        );
    }
    return link;
  }

  // Pictures.

  async addPicture(
    dashboard: string,
    bytes: Uint8Array,
  ): Promise<{ id: string; width: number; height: number }> {
    const format = pictureFormat(bytes);
    if (format === undefined) {
      throw new HttpProblem(415, 'not-a-picture', 'This is no PNG, JPEG or WebP picture.', {
        remedy: 'Save the plan as PNG, JPEG or WebP; SVG is not taken because it may hold programs.',
        words: {
          title: { en: 'This is no PNG, JPEG or WebP picture.', zh: '这不是 PNG、JPEG 或 WebP 图片。' },
          remedy: {
            en: 'Save the plan as PNG, JPEG or WebP; SVG is not taken because it may hold programs.',
            zh: '请将平面图另存为 PNG、JPEG 或 WebP；不接受 SVG，因为其中可能含有程序。',
          },
        },
      });
    }
    if (format.width * format.height > dashboardLimits.picturePixelsMax) {
      throw new HttpProblem(
        413,
        'too-large',
        `The picture has ${format.width} × ${format.height} pixels; at most ${dashboardLimits.picturePixelsMax} (picturePixelsMax) are taken.`,
        { remedy: 'Make it smaller; a plan of 4000 × 3000 pixels is sharp on any screen.' },
      );
    }
    const { records, clock } = this.#options;
    const [{ count } = { count: 0 }] = await records.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM dashboard_pictures WHERE dashboard = $1',
      [dashboard],
    );
    if (count >= dashboardLimits.picturesPerDashboardMax)
      throw tooMany(
        `${dashboardLimits.picturesPerDashboardMax} pictures are the most a dashboard has (picturesPerDashboardMax).`,
      );
    const id = randomUUID();
    await writeFile(join(this.#options.folder, id), bytes, { mode: 0o600, flag: 'wx', flush: true });
    await records.query(
      'INSERT INTO dashboard_pictures (id, dashboard, type, width, height, bytes, created) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [id, dashboard, format.type, format.width, format.height, bytes.length, clock.now()],
    );
    return { id, width: format.width, height: format.height };
  }

  /** The name is looked up among the records before it is used as one of a file. */
  async picture(dashboard: string, id: string): Promise<{ type: string; bytes: Buffer } | undefined> {
    const [row] = await this.#options.records.query<{ id: string; type: string }>(
      'SELECT id, type FROM dashboard_pictures WHERE id = $1 AND dashboard = $2',
      [id, dashboard],
    );
    if (row === undefined) return undefined;
    const bytes = await readFile(join(this.#options.folder, row.id)).catch(() => undefined);
    return bytes === undefined ? undefined : { type: row.type, bytes };
  }

  /** Removes pictures that no tile has shown for a day, and files that no record names. */
  async #sweep(): Promise<void> {
    const { records, clock, folder, log } = this.#options;
    const unused = await records.query<{ id: string }>(
      `SELECT p.id FROM dashboard_pictures p LEFT JOIN dashboards d ON d.id = p.dashboard
       WHERE d.id IS NULL OR (p.created < $1 AND NOT d.content @? ('$.tiles[*] ? (@.picture == "' || p.id || '")')::jsonpath)`,
      [clock.now() - unusedPictureMicroseconds],
    );
    for (const { id } of unused) await records.query('DELETE FROM dashboard_pictures WHERE id = $1', [id]);
    const known = new Set(
      (await records.query<{ id: string }>('SELECT id FROM dashboard_pictures')).map(({ id }) => id),
    );
    for (const file of await readdir(folder)) if (!known.has(file)) await this.#removeFile(file);
    if (unused.length > 0)
      log.info('pictures that no dashboard shows were removed', { pictures: unused.length });
  }

  async #removeFile(id: string): Promise<void> {
    await rm(join(this.#options.folder, id), { force: true });
  }

  async #removeLink(link: Link): Promise<void> {
    await this.#options.records.query('DELETE FROM dashboard_links WHERE id = $1', [link.id]);
    this.#links.delete(link.hash);
  }

  #keep(record: DashboardRecord): DashboardRecord {
    this.#kept.delete(record.id);
    if (this.#kept.size >= keptMax) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(record.id, record);
    return record;
  }
}

function recordOf({ id, place, owner, content, version, changed, changed_by }: Row): DashboardRecord {
  return { id, place, owner, ...content, version, changed, changedBy: changed_by };
}

function contentOf({
  title,
  tiles,
  phone,
}: DashboardInput): Pick<DashboardInput, 'title' | 'tiles' | 'phone'> {
  return { title, tiles, phone };
}

function showLink({ id, title, madeBy, created, expires, lastUsed }: Link): DashboardLink {
  return {
    id,
    title,
    madeBy,
    created: formatInstant(created),
    expires: formatInstant(expires),
    ...(lastUsed === undefined ? {} : { lastUsed: formatInstant(lastUsed) }),
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function tidyPlace(place: string): string {
  return place
    .split('/')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('/');
}

/** What the shapes cannot say. */
function checkInput({ tiles, phone }: DashboardInput): void {
  const wrong = (field: string, title: string): HttpProblem =>
    new HttpProblem(400, 'wrong-dashboard', title, { field });
  const ids = new Set<string>();
  tiles.forEach((tile, at) => {
    if (ids.has(tile.id)) throw wrong(`/tiles/${at}/id`, `Two tiles have the id "${tile.id}".`);
    ids.add(tile.id);
    if (tile.x + tile.w > dashboardLimits.dashboardColumns)
      throw wrong(`/tiles/${at}/w`, `A tile reaches beyond the ${dashboardLimits.dashboardColumns} columns.`);
  });
  if (new Set(phone).size !== phone.length)
    throw wrong('/phone', 'The order on the phone names a tile twice.');
  phone.forEach((id, at) => {
    if (!ids.has(id))
      throw wrong(`/phone/${at}`, `The order on the phone names "${id}", and there is no such tile.`);
  });
}

function tooMany(title: string): HttpProblem {
  return new HttpProblem(409, 'too-many', title);
}
