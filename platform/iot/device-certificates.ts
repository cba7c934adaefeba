import { X509Certificate } from 'node:crypto';
import {
  type CreatedDeviceCertificate,
  certificateLimits,
  type DeviceAuthority,
  type DeviceCertificate,
  formatInstant,
  type LocalText,
  type NewDeviceCertificate,
} from '@millrace/contract';
import type { Clock, RecordStore } from '@millrace/sdk';
import { type CertificateRecord, certificateUser } from '@millrace/sdk/host';

export const deviceCertificateMigrations = [
  {
    id: 'iot-030-device-certificates',
    sql: `
      CREATE TABLE device_certificates (fingerprint text PRIMARY KEY, thing text NOT NULL, subject text NOT NULL, authority text NOT NULL,
        authority_name text NOT NULL, not_before timestamptz NOT NULL, not_after timestamptz NOT NULL, created timestamptz NOT NULL,
        revoked timestamptz, last_used timestamptz);
      CREATE INDEX device_certificates_thing ON device_certificates (thing);
      CREATE TABLE device_authorities (fingerprint text PRIMARY KEY, pem text NOT NULL, created timestamptz NOT NULL);
    `,
  },
] as const;

/** Signs client certificates of terminals. */
export interface IssuingAuthority {
  /** Its certificate (PEM); undefined: it has not been made yet. */
  certificate(): string | undefined;
  /** `now` in epoch milliseconds. Without a request a key is made too. Throws CertificateRefused. */
  issue(wanted: {
    thing: string;
    days: number;
    now: number;
    request?: string;
  }): Promise<{ certificate: string; key?: string }>;
}

/** A certificate, request or authority that is not taken, in words for the person who gave it. */
export class CertificateRefused extends Error {
  readonly status: number;
  readonly words: LocalText;
  readonly remedy: LocalText;
  readonly detail: string | undefined;
  constructor(status: number, words: LocalText, remedy: LocalText, detail?: string) {
    super(words.en);
    this.status = status;
    this.words = words;
    this.remedy = remedy;
    this.detail = detail;
  }
}

interface Entry extends CertificateRecord {
  subject: string;
  /** Fingerprint of the authority. */
  authority: string;
  authorityName: string;
  from: number;
  created: number;
  revoked: number | undefined;
  lastUsed: number | undefined;
}

interface Authority {
  certificate: X509Certificate;
  fingerprint: string;
  pem: string;
  created: number | undefined;
}

export interface TrustChange {
  put: CertificateRecord[];
  removed: string[];
  authorities?: string[];
}

/**
 * Client certificates of terminals. One stands for a thing because it is registered here, not because of what it calls itself: whoever
 * holds an authority's key makes no terminals with it alone, and what is revoked here is over at once, without lists to fetch.
 */
export class DeviceCertificates {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #issuing: IssuingAuthority | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #uploaded = new Map<string, Authority>();
  readonly #listeners: ((change: TrustChange) => void)[] = [];
  #usedSinceFlush = new Set<string>();

  private constructor(records: RecordStore, clock: Clock, issuing: IssuingAuthority | undefined) {
    this.#records = records;
    this.#clock = clock;
    this.#issuing = issuing;
  }

  static async open(
    records: RecordStore,
    clock: Clock,
    issuing: IssuingAuthority | undefined,
  ): Promise<DeviceCertificates> {
    const certificates = new DeviceCertificates(records, clock, issuing);
    const epoch = (column: string): string => `extract(epoch FROM ${column})::float8 AS ${column}`;
    type Row = Record<'fingerprint' | 'thing' | 'subject' | 'authority' | 'authority_name', string> &
      Record<'not_before' | 'not_after' | 'created', number> &
      Record<'revoked' | 'last_used', number | null>;
    const rows = await records.query<Row>(
      `SELECT fingerprint, thing, subject, authority, authority_name, ${['not_before', 'not_after', 'created', 'revoked', 'last_used'].map(epoch).join(', ')} FROM device_certificates`,
    );
    const micros = (seconds: number): number => Math.round(Number(seconds) * 1e6);
    for (const row of rows) {
      const { fingerprint, thing, subject, authority } = row;
      certificates.#entries.set(fingerprint, {
        fingerprint,
        thing,
        subject,
        authority,
        authorityName: row.authority_name,
        from: micros(row.not_before),
        expires: micros(row.not_after),
        created: micros(row.created),
        revoked: row.revoked === null ? undefined : micros(row.revoked),
        lastUsed: row.last_used === null ? undefined : micros(row.last_used),
      });
    }
    const authorities = await records.query<{ pem: string; created: number }>(
      `SELECT pem, ${epoch('created')} FROM device_authorities ORDER BY created`,
    );
    for (const { pem, created } of authorities) {
      const authority = { ...readAuthority(pem), created: micros(created) };
      certificates.#uploaded.set(authority.fingerprint, authority);
    }
    return certificates;
  }

  onChange(call: (change: TrustChange) => void): void {
    this.#listeners.push(call);
  }

  /** What listeners have to know: certificates in force, and who signs them. */
  trust(): { certificates: CertificateRecord[]; authorities: string[] } {
    return {
      certificates: [...this.#entries.values()]
        .filter((entry) => this.#state(entry) === 'valid')
        .map(recordOf),
      authorities: this.#authorities().map(({ pem }) => pem),
    };
  }

  list(thing: string): DeviceCertificate[] {
    return this.#of(thing)
      .sort((a, b) => b.created - a.created)
      .map((entry) => this.#show(entry));
  }

  /** Issues one, or registers one that is there. Throws CertificateRefused. */
  async create(thing: string, wanted: NewDeviceCertificate): Promise<CreatedDeviceCertificate> {
    const inForce = this.#of(thing).filter((entry) => this.#state(entry) === 'valid');
    if (inForce.length >= certificateLimits.perThingMax)
      throw new CertificateRefused(
        409,
        {
          en: `This thing has ${certificateLimits.perThingMax} certificates in force already.`,
          zh: `该物已有 ${certificateLimits.perThingMax} 张有效证书。`,
        },
        { en: 'Revoke one first.', zh: '请先吊销其中一张。' },
      );
    if (wanted.certificate !== undefined && wanted.request !== undefined)
      throw new CertificateRefused(
        400,
        { en: 'Either a request or a certificate, not both.', zh: '证书请求与证书只能提供其一。' },
        { en: 'Leave one of them out.', zh: '请去掉其中一项。' },
      );
    if (wanted.certificate !== undefined) {
      const certificate = readCertificate(wanted.certificate);
      const entry = await this.#add(thing, certificate, this.#signerOf(certificate));
      return { ...this.#show(entry), certificate: certificate.toString() };
    }
    if (this.#issuing === undefined)
      throw new CertificateRefused(
        409,
        { en: 'This platform has no authority of its own.', zh: '本平台没有自建的证书机构。' },
        { en: 'Register a certificate of an uploaded authority.', zh: '请登记由已上传机构签发的证书。' },
      );
    const isFirst = this.#issuing.certificate() === undefined;
    const { certificate, key } = await this.#issuing.issue({
      thing,
      days: wanted.days ?? certificateLimits.daysDefault,
      now: Math.floor(this.#clock.now() / 1000),
      ...(wanted.request === undefined ? {} : { request: wanted.request }),
    });
    if (isFirst) this.#changed({ put: [], removed: [], authorities: this.trust().authorities });
    const own = readAuthority(this.#issuing.certificate()!);
    const entry = await this.#add(thing, new X509Certificate(certificate), own);
    return {
      ...this.#show(entry),
      certificate,
      ...(key === undefined ? {} : { key }),
      authorityCertificate: own.pem,
    };
  }

  /** False: this thing has no such certificate in force. */
  async revoke(thing: string, fingerprint: string): Promise<boolean> {
    const entry = this.#entries.get(fingerprint);
    if (entry?.thing !== thing || entry.revoked !== undefined) return false;
    await this.#revoke([entry]);
    await this.#forgetPast(thing);
    return true;
  }

  async removeThing(thing: string): Promise<void> {
    const gone = this.#of(thing).map(({ fingerprint }) => fingerprint);
    if (gone.length === 0) return;
    await this.#records.query('DELETE FROM device_certificates WHERE thing = $1', [thing]);
    for (const fingerprint of gone) this.#entries.delete(fingerprint);
    this.#changed({ put: [], removed: gone });
  }

  /** `counted`: things whose certificates the asker may know of. */
  authorities(counted: (thing: string) => boolean): DeviceAuthority[] {
    const own = this.#issuing?.certificate();
    const inForce = [...this.#entries.values()].filter(
      (entry) => this.#state(entry) === 'valid' && counted(entry.thing),
    );
    return this.#authorities().map(({ certificate, fingerprint, pem, created }) => ({
      fingerprint,
      subject: nameOf(certificate.subject),
      until: formatInstant(Date.parse(certificate.validTo) * 1000),
      ...(created === undefined ? {} : { created: formatInstant(created) }),
      own: pem === own,
      certificates: inForce.filter((entry) => entry.authority === fingerprint).length,
      pem,
    }));
  }

  /** Throws CertificateRefused. */
  async addAuthority(pem: string): Promise<DeviceAuthority> {
    const authority = { ...readAuthority(pem), created: this.#clock.now() };
    const { certificate, fingerprint } = authority;
    if (Date.parse(certificate.validTo) * 1000 <= this.#clock.now())
      throw new CertificateRefused(
        400,
        { en: 'This authority has expired.', zh: '该证书机构已过期。' },
        { en: 'Give its renewed certificate.', zh: '请提供其续期后的证书。' },
        `valid until ${certificate.validTo}`,
      );
    if (this.#authorities().some((one) => one.fingerprint === fingerprint))
      throw new CertificateRefused(
        409,
        { en: 'This authority is trusted already.', zh: '该证书机构已受信任。' },
        { en: 'Nothing to do.', zh: '无需处理。' },
      );
    if (this.#uploaded.size >= certificateLimits.authoritiesMax)
      throw new CertificateRefused(
        409,
        {
          en: `At most ${certificateLimits.authoritiesMax} authorities are trusted.`,
          zh: `最多信任 ${certificateLimits.authoritiesMax} 个证书机构。`,
        },
        { en: 'Remove one that is not needed.', zh: '请移除不再需要的机构。' },
      );
    await this.#records.query(
      'INSERT INTO device_authorities (fingerprint, pem, created) VALUES ($1, $2, $3)',
      [fingerprint, authority.pem, formatInstant(authority.created)],
    );
    this.#uploaded.set(fingerprint, authority);
    this.#changed({ put: [], removed: [], authorities: this.trust().authorities });
    return this.authorities(() => true).find((one) => one.fingerprint === fingerprint)!;
  }

  /** What it signed is revoked with it. False: there is no such authority that was uploaded. */
  async removeAuthority(fingerprint: string): Promise<boolean> {
    if (!this.#uploaded.has(fingerprint)) return false;
    await this.#records.query('DELETE FROM device_authorities WHERE fingerprint = $1', [fingerprint]);
    this.#uploaded.delete(fingerprint);
    const signed = [...this.#entries.values()].filter(
      (entry) => entry.authority === fingerprint && entry.revoked === undefined,
    );
    await this.#revoke(signed, this.trust().authorities);
    return true;
  }

  used(users: readonly string[]): void {
    for (const user of users) {
      if (!user.startsWith(certificateUser(''))) continue;
      const entry = this.#entries.get(user.slice(certificateUser('').length));
      if (entry === undefined) continue;
      entry.lastUsed = this.#clock.now();
      this.#usedSinceFlush.add(entry.fingerprint);
    }
  }

  /** Writes down when certificates were last shown; called now and then and at the end. */
  async flush(): Promise<void> {
    const used = [...this.#usedSinceFlush].filter((fingerprint) => this.#entries.has(fingerprint));
    this.#usedSinceFlush = new Set();
    if (used.length === 0) return;
    await this.#records.query(
      'UPDATE device_certificates SET last_used = u.at FROM unnest($1::text[], $2::timestamptz[]) AS u(fingerprint, at) WHERE device_certificates.fingerprint = u.fingerprint',
      [used, used.map((fingerprint) => formatInstant(Math.round(this.#entries.get(fingerprint)!.lastUsed!)))],
    );
  }

  async #add(thing: string, certificate: X509Certificate, signer: Authority): Promise<Entry> {
    const entry: Entry = {
      fingerprint: fingerprintOf(certificate),
      thing,
      subject: nameOf(certificate.subject),
      authority: signer.fingerprint,
      authorityName: nameOf(signer.certificate.subject),
      from: Date.parse(certificate.validFrom) * 1000,
      expires: Date.parse(certificate.validTo) * 1000,
      created: this.#clock.now(),
      revoked: undefined,
      lastUsed: undefined,
    };
    const there = this.#entries.get(entry.fingerprint);
    if (there !== undefined)
      throw new CertificateRefused(
        409,
        there.revoked === undefined
          ? { en: 'This certificate is registered already.', zh: '该证书已登记。' }
          : { en: 'This certificate was revoked.', zh: '该证书已被吊销。' },
        there.revoked === undefined
          ? { en: 'One certificate stands for one thing.', zh: '一张证书只对应一个物。' }
          : { en: 'Have a new one made.', zh: '请重新签发一张。' },
      );
    if (entry.expires <= this.#clock.now())
      throw new CertificateRefused(
        400,
        { en: 'This certificate has expired.', zh: '该证书已过期。' },
        { en: 'Have a new one made.', zh: '请重新签发一张。' },
        `valid until ${certificate.validTo}`,
      );
    await this.#records.query(
      `INSERT INTO device_certificates (fingerprint, thing, subject, authority, authority_name, not_before, not_after, created)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        entry.fingerprint,
        thing,
        entry.subject,
        entry.authority,
        entry.authorityName,
        formatInstant(entry.from),
        formatInstant(entry.expires),
        formatInstant(entry.created),
      ],
    );
    this.#entries.set(entry.fingerprint, entry);
    await this.#forgetPast(thing);
    this.#changed({ put: [recordOf(entry)], removed: [] });
    return entry;
  }

  async #revoke(entries: readonly Entry[], authorities?: string[]): Promise<void> {
    const revoked = this.#clock.now();
    const fingerprints = entries.map(({ fingerprint }) => fingerprint);
    if (entries.length > 0)
      await this.#records.query(
        'UPDATE device_certificates SET revoked = $1 WHERE fingerprint = ANY($2::text[])',
        [formatInstant(revoked), fingerprints],
      );
    for (const entry of entries) entry.revoked = revoked;
    this.#changed({
      put: [],
      removed: fingerprints,
      ...(authorities === undefined ? {} : { authorities }),
    });
  }

  /** What is over is kept to be seen, up to a bound; one that is forgotten is as unknown as one that never was, and not taken either. */
  async #forgetPast(thing: string): Promise<void> {
    const past = this.#of(thing)
      .filter((entry) => this.#state(entry) !== 'valid')
      .sort((a, b) => b.created - a.created)
      .slice(certificateLimits.pastPerThingMax)
      .map(({ fingerprint }) => fingerprint);
    if (past.length === 0) return;
    await this.#records.query('DELETE FROM device_certificates WHERE fingerprint = ANY($1::text[])', [past]);
    for (const fingerprint of past) this.#entries.delete(fingerprint);
  }

  #signerOf(certificate: X509Certificate): Authority {
    const signer = this.#authorities().find(
      (one) => certificate.checkIssued(one.certificate) && certificate.verify(one.certificate.publicKey),
    );
    if (signer === undefined)
      throw new CertificateRefused(
        400,
        {
          en: 'No authority that is trusted here has signed this certificate.',
          zh: '该证书不是由此处受信任的机构签发的。',
        },
        {
          en: 'Have an administrator upload the authority that signed it directly.',
          zh: '请由管理员上传直接签发该证书的机构。',
        },
        `issued by ${nameOf(certificate.issuer)}`,
      );
    return signer;
  }

  #authorities(): Authority[] {
    const own = this.#issuing?.certificate();
    return [
      ...(own === undefined ? [] : [{ ...readAuthority(own), pem: own, created: undefined }]),
      ...this.#uploaded.values(),
    ];
  }

  #of(thing: string): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.thing === thing);
  }

  #state(entry: Entry): DeviceCertificate['state'] {
    if (entry.revoked !== undefined) return 'revoked';
    return entry.expires <= this.#clock.now() ? 'expired' : 'valid';
  }

  #show(entry: Entry): DeviceCertificate {
    return {
      fingerprint: entry.fingerprint,
      subject: entry.subject,
      authority: entry.authorityName,
      from: formatInstant(entry.from),
      until: formatInstant(entry.expires),
      state: this.#state(entry),
      created: formatInstant(Math.round(entry.created)),
      ...(entry.revoked === undefined ? {} : { revoked: formatInstant(Math.round(entry.revoked)) }),
      ...(entry.lastUsed === undefined ? {} : { lastUsed: formatInstant(Math.round(entry.lastUsed)) }),
    };
  }

  #changed(change: TrustChange): void {
    for (const call of this.#listeners) call(change);
  }
}

const recordOf = ({ fingerprint, thing, expires }: Entry): CertificateRecord => ({
  fingerprint,
  thing,
  expires,
});

function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

/** A name on one line, as people read it. */
function nameOf(name: string | undefined): string {
  return (name ?? '').split('\n').filter(Boolean).join(', ').slice(0, 500);
}

function readCertificate(pem: string): X509Certificate {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 0;
  try {
    if (blocks !== 1) throw new Error(`${blocks} certificates in it; one is wanted`);
    return new X509Certificate(pem);
  } catch (error) {
    throw new CertificateRefused(
      400,
      { en: 'This is not one certificate in PEM form.', zh: '这不是单张 PEM 格式的证书。' },
      {
        en: 'Give the text from BEGIN CERTIFICATE to END CERTIFICATE.',
        zh: '请提供从 BEGIN CERTIFICATE 到 END CERTIFICATE 的全文。',
      },
      (error as Error).message,
    );
  }
}

function readAuthority(pem: string): Authority {
  const certificate = readCertificate(pem);
  if (!certificate.ca)
    throw new CertificateRefused(
      400,
      { en: 'This certificate is not one of an authority.', zh: '该证书不是证书机构的证书。' },
      {
        en: 'Give the certificate that signs the terminals’ certificates (basic constraint CA).',
        zh: '请提供用于签发终端证书的机构证书（基本约束 CA）。',
      },
    );
  return {
    certificate,
    fingerprint: fingerprintOf(certificate),
    pem: certificate.toString(),
    created: undefined,
  };
}
