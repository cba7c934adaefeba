import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { CertificateRefused } from '../iot/index.ts';

const dayMilliseconds = 86_400_000;
const authorityDays = 3650;
/** Browsers refuse server certificates that live longer than this. */
const serverDays = 397;
const renewBeforeDays = 30;
/** A terminal's clock may be behind by this much and still take its new certificate for one. */
const clockSkewMilliseconds = 3_600_000;
const commonNameCharactersMax = 64;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/**
 * A certificate for HTTPS from an authority of the platform's own, made at first use and renewed before it ends. People install
 * `authority.pem` once in their browsers; the authority's key never leaves the folder (mode 0600).
 */
export async function ownCertificate(
  folder: string,
  hosts: readonly string[],
): Promise<{ key: string; cert: string; authorityFile: string }> {
  const file = (name: string): string => join(folder, name);
  const authorityFile = file('authority.pem');
  const authority = await ownAuthority(folder);
  const names = [...new Set([...hosts, 'localhost', hostname(), '127.0.0.1', '::1', ...addresses()])].filter(
    (name) => name !== '' && name !== '0.0.0.0' && name !== '::',
  );
  if (needsNew(file('server.pem'), names)) {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: randomBytes(16).toString('hex'),
      subject: `CN=${names[0]}`,
      issuer: authority.subject,
      notBefore: new Date(Date.now() - dayMilliseconds),
      notAfter: new Date(Date.now() + serverDays * dayMilliseconds),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey as never,
      signingKey: (await authorityKey(folder)) as never,
      extensions: [
        new x509.BasicConstraintsExtension(false),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
        ),
        await x509.AuthorityKeyIdentifierExtension.create(authority),
      ],
    });
    writeFileSync(file('server.key'), await exportKey(keys.privateKey), { mode: 0o600 });
    writeFileSync(file('server.pem'), certificate.toString('pem'));
  }
  const cert = `${readFileSync(file('server.pem'), 'utf8')}\n${readFileSync(authorityFile, 'utf8')}`;
  return { key: readFileSync(file('server.key'), 'utf8'), cert, authorityFile };
}

/**
 * Signs a client certificate for a terminal. With a PKCS#10 `request` its key is certified and nothing else of it is taken over; without
 * one a key is made and given back, and kept nowhere. Throws CertificateRefused where the request is not one, or its key is weak.
 */
export async function issueClientCertificate(
  folder: string,
  wanted: { thing: string; days: number; now: number; request?: string },
): Promise<{ certificate: string; key?: string }> {
  const authority = await ownAuthority(folder);
  const made =
    wanted.request === undefined
      ? await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      : undefined;
  const publicKey = made?.publicKey ?? (await requestedKey(wanted.request!));
  const from = wanted.now - clockSkewMilliseconds;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString('hex'),
    // A common name has at most 64 characters (X.520); the thing's whole id stands in the alternative name.
    subject: [{ CN: [wanted.thing.slice(0, commonNameCharactersMax)] }],
    issuer: authority.subject,
    notBefore: new Date(from),
    notAfter: new Date(Math.min(wanted.now + wanted.days * dayMilliseconds, authority.notAfter.getTime())),
    signingAlgorithm: algorithm,
    publicKey: publicKey as never,
    signingKey: (await authorityKey(folder)) as never,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      ...(/^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(wanted.thing)
        ? [new x509.SubjectAlternativeNameExtension([{ type: 'url', value: wanted.thing }])]
        : []),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
    ],
  });
  return {
    certificate: certificate.toString('pem'),
    ...(made === undefined ? {} : { key: await exportKey(made.privateKey) }),
  };
}

async function requestedKey(pem: string): Promise<unknown> {
  let request: x509.Pkcs10CertificateRequest;
  let whole: boolean;
  try {
    request = new x509.Pkcs10CertificateRequest(pem);
    whole = await request.verify();
  } catch (error) {
    throw new CertificateRefused(
      400,
      {
        en: 'This is not a certificate request in PEM form (PKCS#10).',
        zh: '这不是 PEM 格式的证书请求（PKCS#10）。',
      },
      {
        en: 'Make one on the device, for example with openssl req -new.',
        zh: '请在设备上生成，例如使用 openssl req -new。',
      },
      (error as Error).message,
    );
  }
  const { publicKey } = request;
  const { name, namedCurve, modulusLength } = publicKey.algorithm as {
    name: string;
    namedCurve?: string;
    modulusLength?: number;
  };
  const strong =
    name === 'Ed25519' ||
    (name === 'ECDSA' && ['P-256', 'P-384', 'P-521'].includes(namedCurve ?? '')) ||
    (name.startsWith('RSA') && (modulusLength ?? 0) >= 2048);
  if (!whole || !strong)
    throw new CertificateRefused(
      400,
      whole
        ? {
            en: 'The key of this request is too weak or of a kind not taken.',
            zh: '该请求的密钥强度不足或类型不受支持。',
          }
        : {
            en: 'The request was not signed with the key it names.',
            zh: '该请求不是用其所含公钥对应的私钥签名的。',
          },
      {
        en: 'Take an elliptic-curve key (P-256, P-384, P-521, Ed25519), or RSA with at least 2048 bits.',
        zh: '请使用椭圆曲线密钥（P-256、P-384、P-521、Ed25519）或至少 2048 位的 RSA 密钥。',
      },
    );
  return publicKey;
}

async function authorityKey(folder: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(readFileSync(join(folder, 'authority.key'), 'utf8')),
    algorithm,
    false,
    ['sign'],
  );
}

/** The platform's own authority, made where there is none. */
async function ownAuthority(folder: string): Promise<x509.X509Certificate> {
  x509.cryptoProvider.set(webcrypto as never);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(folder, name);
  const authorityFile = file('authority.pem');
  if (!existsSync(authorityFile) || !existsSync(file('authority.key'))) {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const authority = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: randomBytes(16).toString('hex'),
      name: `CN=Millrace authority of ${hostname().replace(/[^\w.-]/g, '')}`,
      notBefore: new Date(Date.now() - dayMilliseconds),
      notAfter: new Date(Date.now() + authorityDays * dayMilliseconds),
      signingAlgorithm: algorithm,
      keys: keys as never,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        // Tells it apart from another of the same name: a platform's before, or one on a machine of the same name.
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as never),
      ],
    });
    writeFileSync(file('authority.key'), await exportKey(keys.privateKey), { mode: 0o600 });
    writeFileSync(authorityFile, authority.toString('pem'));
  }
  return new x509.X509Certificate(readFileSync(authorityFile, 'utf8'));
}

function needsNew(path: string, names: readonly string[]): boolean {
  if (!existsSync(path)) return true;
  const certificate = new x509.X509Certificate(readFileSync(path, 'utf8'));
  if (certificate.notAfter.getTime() < Date.now() + renewBeforeDays * dayMilliseconds) return true;
  const held =
    certificate
      .getExtension(x509.SubjectAlternativeNameExtension)
      ?.names.toJSON()
      .map((name) => name.value) ?? [];
  return names.some((name) => !held.includes(name));
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function addresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((interfaces) =>
    (interfaces ?? []).filter((one) => one.family === 'IPv4' && !one.internal).map((one) => one.address),
  );
}
