import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { chmod, link, mkdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ConnectionProblem } from '@millrace/contract';
import { crypto_utils } from 'node-opcua-client';
import { problem, raise } from './problems.ts';
import type { OpcuaSettings } from './settings.ts';

/** Millrace's application instance certificate (OPC 10000-4, 7.3), with its key. */
export interface OwnCertificate {
  /** DER, the application's own first. */
  chain: Buffer[];
  keyPem: string;
  applicationUri: string;
  /** SHA-1 in hexadecimal, as servers name it in their lists. */
  thumbprint: string;
  /** DER file for a server's trust list. */
  file: string;
  notAfter: Date;
  /** It has just replaced one that was about to expire: servers have to be told to trust it. */
  renewed?: boolean;
}

const validityDays = 3650;
/** A certificate with less left than this is replaced by a new one when a connection is opened. */
export const renewBeforeDays = 30;
const dayMilliseconds = 86_400_000;

const pairFile = 'application.pem';
const publicFile = 'millrace-opcua-client.der';

export function sha1(der: Buffer): string {
  return createHash('sha1').update(der).digest('hex');
}

export function sha256(der: Buffer): string {
  return createHash('sha256').update(der).digest('hex');
}

/**
 * The certificate Millrace shows to servers: the one in the settings, else its own from `folder`, made if there is none and renewed before
 * it expires. Several processes may ask at once; all get the same one.
 */
export async function ownCertificate(
  folder: string,
  settings: OpcuaSettings,
  nowMilliseconds: number,
): Promise<OwnCertificate> {
  if (settings.applicationCertificate !== '') {
    return fromPem(settings.applicationCertificate, settings.applicationKey, 'applicationCertificate', '');
  }
  const path = join(folder, pairFile);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const known = await readPair(path, folder);
  if (known !== undefined && known.notAfter.getTime() - nowMilliseconds > renewBeforeDays * dayMilliseconds) {
    return known;
  }
  const pair = await makePair(nowMilliseconds, known?.applicationUri);
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(temporary, pair, { mode: 0o600 });
  await chmod(temporary, 0o600);
  try {
    if (known === undefined) {
      // A link fails where another process was first: then its certificate is the one.
      await link(temporary, path);
      await unlink(temporary);
    } else {
      await rename(temporary, path);
    }
  } catch (error) {
    await rm(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const made = await readPair(path, folder);
  if (made === undefined) throw new Error(`cannot read ${path} after writing it`);
  await writeFile(made.file, made.chain[0]!);
  return known === undefined ? made : { ...made, renewed: true };
}

async function readPair(path: string, folder: string): Promise<OwnCertificate | undefined> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return fromPem(pem, pem, 'applicationCertificate', join(folder, publicFile));
  } catch {
    // Half a file from a crash or a damaged disk: a new certificate is better than none.
    await rm(path, { force: true });
    return undefined;
  }
}

function fromPem(certificatePem: string, keyPem: string, field: string, file: string): OwnCertificate {
  const chain = pemBlocks(certificatePem, 'CERTIFICATE');
  const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/.exec(keyPem)?.[0];
  const first = chain[0];
  let certificate: X509Certificate;
  let matches: boolean;
  try {
    if (first === undefined || key === undefined) throw new Error('no certificate and key in it');
    certificate = new X509Certificate(first);
    matches = crypto_utils.certificateMatchesPrivateKey(first, crypto_utils.makePrivateKeyFromPem(key));
  } catch (error) {
    throw raise(
      problem(
        'settings',
        'certificate-unreadable',
        { en: `"${field}" cannot be read`, zh: `无法读取“${field}”` },
        { en: 'Give certificate and key as unencrypted PEM.', zh: '请以未加密的 PEM 提供证书和私钥。' },
        { detail: (error as Error).message, field },
      ),
    );
  }
  if (!matches) {
    throw raise(
      problem(
        'settings',
        'certificate-key-mismatch',
        { en: `"${field}" and its key do not belong together`, zh: `“${field}”与私钥不匹配` },
        { en: 'Give the key the certificate was made for.', zh: '请提供与证书对应的私钥。' },
        { field },
      ),
    );
  }
  return {
    chain,
    keyPem: key,
    applicationUri: uriOf(certificate) ?? `urn:${hostname()}:millrace`,
    thumbprint: sha1(first),
    file,
    notAfter: new Date(certificate.validTo),
  };
}

async function makePair(nowMilliseconds: number, applicationUri: string | undefined): Promise<string> {
  const host = hostname();
  const key = await crypto_utils.generatePrivateKey(2048);
  const { cert } = await crypto_utils.createSelfSignedCertificate({
    privateKey: key,
    // A clock behind ours must not find it "not yet valid".
    notBefore: new Date(nowMilliseconds - dayMilliseconds),
    notAfter: new Date(nowMilliseconds + validityDays * dayMilliseconds),
    subject: `/CN=Millrace/O=Millrace/DC=${host.replace(/[^A-Za-z0-9.-]/g, '-')}`,
    dns: [host],
    applicationUri: applicationUri ?? `urn:${host}:millrace`,
    purpose: crypto_utils.CertificatePurpose.ForApplication,
  });
  const { privPem } = await crypto_utils.privateKeyToPEM(key);
  return `${cert.trimEnd()}\n${privPem.trimEnd()}\n`;
}

/** DER of each PEM block with this label. */
export function pemBlocks(pem: string, label: string): Buffer[] {
  const blocks = pem.matchAll(
    new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+?)-----END ${label}-----`, 'g'),
  );
  return [...blocks].map((match) => Buffer.from(match[1]!.replace(/\s+/g, ''), 'base64'));
}

/** The certificates in a server's certificate field, which may hold a chain: DER structures one after another. */
export function splitChain(der: Buffer): Buffer[] {
  const chain: Buffer[] = [];
  let at = 0;
  while (at + 4 <= der.length && chain.length < 10) {
    if (der[at] !== 0x30) break;
    const first = der[at + 1]!;
    let length = first;
    let header = 2;
    if (first & 0x80) {
      const bytes = first & 0x7f;
      if (bytes === 0 || bytes > 4 || at + 2 + bytes > der.length) break;
      length = 0;
      for (let i = 0; i < bytes; i++) length = length * 256 + der[at + 2 + i]!;
      header = 2 + bytes;
    }
    const end = at + header + length;
    if (end > der.length) break;
    chain.push(der.subarray(at, end));
    at = end;
  }
  return chain;
}

/** What a person is shown of a server's certificate. */
export interface CertificateFacts {
  /** SHA-256 in hexadecimal; what is stored as trusted. */
  thumbprint: string;
  /** SHA-1 in hexadecimal, as OPC UA tools name it. */
  thumbprintSha1: string;
  subject: string;
  issuer: string;
  selfSigned: boolean;
  validFrom: string;
  validTo: string;
  applicationUri: string | undefined;
  hosts: string[];
  keyBits: number | undefined;
}

export function certificateFacts(der: Buffer): CertificateFacts {
  const certificate = new X509Certificate(der);
  const names = alternativeNames(certificate);
  return {
    thumbprint: sha256(der),
    thumbprintSha1: sha1(der),
    subject: certificate.subject.replace(/\n/g, ', '),
    issuer: certificate.issuer.replace(/\n/g, ', '),
    selfSigned: certificate.checkIssued(certificate),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    applicationUri: uriOf(certificate),
    hosts: [...names.dns, ...names.ip],
    keyBits: certificate.publicKey.asymmetricKeyDetails?.modulusLength,
  };
}

function alternativeNames(certificate: X509Certificate): { dns: string[]; ip: string[]; uri: string[] } {
  const found = { dns: [] as string[], ip: [] as string[], uri: [] as string[] };
  for (const entry of (certificate.subjectAltName ?? '').split(/,\s*(?=(?:DNS|IP Address|URI):)/)) {
    const [, kind, value] = /^(DNS|IP Address|URI):"?([\s\S]*?)"?$/.exec(entry.trim()) ?? [];
    if (kind === 'DNS') found.dns.push(value!);
    else if (kind === 'IP Address') found.ip.push(value!);
    else if (kind === 'URI') found.uri.push(value!);
  }
  return found;
}

function uriOf(certificate: X509Certificate): string | undefined {
  return alternativeNames(certificate).uri[0];
}

export type Trust =
  /** As the settings say. */
  | { trusted: true; facts: CertificateFacts; problem?: undefined }
  /** Sound, but nobody has confirmed it yet: `test` goes on and shows it. */
  | { trusted: false; unconfirmed: boolean; facts: CertificateFacts | undefined; problem: ConnectionProblem };

/** Decides whether a server's certificate (chain, DER) is trusted under these settings. Pure but for its arguments. */
export function judgeCertificate(
  chainDer: Buffer | null | undefined,
  settings: OpcuaSettings,
  applicationUri: string | null | undefined,
  nowMilliseconds: number,
): Trust {
  const chain = chainDer === null || chainDer === undefined ? [] : splitChain(chainDer);
  const der = chain[0];
  let certificate: X509Certificate;
  let facts: CertificateFacts;
  try {
    if (der === undefined) throw new Error('the server shows no certificate');
    certificate = new X509Certificate(der);
    facts = certificateFacts(der);
  } catch (error) {
    return {
      trusted: false,
      unconfirmed: false,
      facts: undefined,
      problem: problem(
        'denied',
        'server-certificate-unreadable',
        { en: "The server's certificate cannot be read", zh: '无法读取服务器证书' },
        { en: 'Have a new certificate made on the server.', zh: '请在服务器上重新生成证书。' },
        { detail: (error as Error).message },
      ),
    };
  }
  const refuse = (found: ConnectionProblem, unconfirmed = false): Trust => ({
    trusted: false,
    unconfirmed,
    facts,
    problem: found,
  });
  const from = new Date(certificate.validFrom).getTime();
  const to = new Date(certificate.validTo).getTime();
  if (nowMilliseconds < from) {
    return refuse(
      problem(
        'denied',
        'server-certificate-not-yet-valid',
        {
          en: `The server's certificate is valid only from ${facts.validFrom}`,
          zh: `服务器证书自 ${facts.validFrom} 起才有效`,
        },
        {
          en: 'Set the clock of the server, or of this machine, right; else have a new certificate made.',
          zh: '请校正服务器或本机的时钟，否则请重新生成证书。',
        },
        { detail: facts.subject },
      ),
    );
  }
  if (nowMilliseconds > to && !settings.allowExpired) {
    return refuse(
      problem(
        'denied',
        'server-certificate-expired',
        {
          en: `The server's certificate expired at ${facts.validTo}`,
          zh: `服务器证书已于 ${facts.validTo} 过期`,
        },
        {
          en: 'Renew the certificate on the server. Until then "Accept an expired server certificate" lets the connection through.',
          zh: '请在服务器上更新证书。在此之前可启用“接受已过期的服务器证书”以保持连接。',
        },
        { detail: facts.subject, field: 'allowExpired' },
      ),
    );
  }
  const pinned = settings.trustedThumbprints;
  if (pinned.includes(facts.thumbprint) || pinned.includes(facts.thumbprintSha1))
    return { trusted: true, facts };
  if (settings.trustedAuthority !== '' && issuedBy(chain, settings.trustedAuthority, nowMilliseconds)) {
    // Trusting an authority is trusting it for what it says: this name and no other.
    if (!namesHost(certificate, settings.host)) {
      return refuse(
        problem(
          'denied',
          'server-certificate-wrong-host',
          {
            en: `The server's certificate is for ${facts.hosts.join(', ') || 'no host'}, not for ${settings.host}`,
            zh: `服务器证书属于 ${facts.hosts.join('、') || '（无主机名）'}，而不是 ${settings.host}`,
          },
          {
            en: 'Use one of these names as the address, or confirm this very certificate by its fingerprint.',
            zh: '请使用证书中的名称作为地址，或通过指纹确认该证书。',
          },
          { detail: facts.thumbprint, field: 'endpoint' },
        ),
      );
    }
    if (applicationUri && facts.applicationUri !== applicationUri) {
      return refuse(
        problem(
          'denied',
          'server-certificate-wrong-application',
          {
            en: `The server calls itself ${applicationUri}, its certificate says ${facts.applicationUri ?? 'nothing'}`,
            zh: `服务器自称 ${applicationUri}，而其证书为 ${facts.applicationUri ?? '（无）'}`,
          },
          {
            en: 'Have the certificate made for this application, or confirm it by its fingerprint.',
            zh: '请为该应用重新生成证书，或通过指纹确认该证书。',
          },
          { detail: facts.thumbprint },
        ),
      );
    }
    return { trusted: true, facts };
  }
  if (settings.trustAny) return { trusted: true, facts };
  if (pinned.length > 0) {
    return refuse(
      problem(
        'denied',
        'server-certificate-changed',
        {
          en: 'The server shows another certificate than the one that was confirmed',
          zh: '服务器出示的证书与已确认的证书不同',
        },
        {
          en: 'If it was renewed, test the connection, compare the fingerprint with the one on the server, and save. If not, somebody may be posing as the server.',
          zh: '如果证书已更新，请重新测试连接，与服务器上的指纹核对后保存；否则可能有人冒充该服务器。',
        },
        { detail: `${facts.subject}, SHA-256 ${facts.thumbprint}`, field: 'trustedThumbprint' },
      ),
    );
  }
  return refuse(
    problem(
      'denied',
      'server-certificate-untrusted',
      { en: "Nobody has confirmed the server's certificate yet", zh: '服务器证书尚未确认' },
      {
        en: 'Test the connection, compare the fingerprint with the one on the server, and save it as trusted.',
        zh: '请测试连接，将指纹与服务器上的核对，然后保存为受信任。',
      },
      { detail: `${facts.subject}, SHA-256 ${facts.thumbprint}`, field: 'trustedThumbprint' },
    ),
    true,
  );
}

function issuedBy(chain: readonly Buffer[], authorityPem: string, nowMilliseconds: number): boolean {
  const authorities = pemBlocks(authorityPem, 'CERTIFICATE').flatMap((der) => {
    try {
      return [new X509Certificate(der)];
    } catch {
      return [];
    }
  });
  let current = new X509Certificate(chain[0]!);
  const rest = chain.slice(1).flatMap((der) => {
    try {
      return [new X509Certificate(der)];
    } catch {
      return [];
    }
  });
  const issues = (issuer: X509Certificate): boolean =>
    issuer.ca &&
    current.checkIssued(issuer) &&
    current.verify(issuer.publicKey) &&
    nowMilliseconds >= new Date(issuer.validFrom).getTime() &&
    nowMilliseconds <= new Date(issuer.validTo).getTime();
  for (let depth = 0; depth < 10; depth++) {
    if (authorities.some(issues)) return true;
    const next = rest.find(issues);
    if (next === undefined || next.raw.equals(current.raw)) return false;
    current = next;
  }
  return false;
}

function namesHost(certificate: X509Certificate, host: string): boolean {
  return (
    certificate.checkHost(host, { subject: 'never' }) !== undefined ||
    (/^[\d.]+$|:/.test(host) && certificate.checkIP(host) !== undefined) ||
    alternativeNames(certificate).dns.some((name) => name.toLowerCase() === host.toLowerCase())
  );
}
