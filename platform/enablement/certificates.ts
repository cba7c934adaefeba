import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const dayMilliseconds = 86_400_000;
const authorityDays = 3650;
/** Browsers refuse server certificates that live longer than this. */
const serverDays = 397;
const renewBeforeDays = 30;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/**
 * A certificate for HTTPS from an authority of the platform's own, made at first use and renewed before it ends. People install
 * `authority.pem` once in their browsers; the authority's key never leaves the folder (mode 0600).
 */
export async function ownCertificate(
  folder: string,
  hosts: readonly string[],
): Promise<{ key: string; cert: string; authorityFile: string }> {
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
      ],
    });
    writeFileSync(file('authority.key'), await exportKey(keys.privateKey), { mode: 0o600 });
    writeFileSync(authorityFile, authority.toString('pem'));
  }
  const authority = new x509.X509Certificate(readFileSync(authorityFile, 'utf8'));
  const names = [...new Set([...hosts, 'localhost', hostname(), '127.0.0.1', '::1', ...addresses()])].filter(
    (name) => name !== '' && name !== '0.0.0.0' && name !== '::',
  );
  if (needsNew(file('server.pem'), names)) {
    const signingKey = await webcrypto.subtle.importKey(
      'pkcs8',
      x509.PemConverter.decodeFirst(readFileSync(file('authority.key'), 'utf8')),
      algorithm,
      false,
      ['sign'],
    );
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: randomBytes(16).toString('hex'),
      subject: `CN=${names[0]}`,
      issuer: authority.subject,
      notBefore: new Date(Date.now() - dayMilliseconds),
      notAfter: new Date(Date.now() + serverDays * dayMilliseconds),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey as never,
      signingKey: signingKey as never,
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
