import './test-quiet.ts';
import { type webcrypto, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { crypto_utils } from 'node-opcua-client';
import { beforeAll, expect, test } from 'vitest';
import { judgeCertificate, ownCertificate, pemBlocks, sha1, sha256, splitChain } from './certificates.ts';
import { readSettings } from './settings.ts';
import { makeCertificate } from './test-server.ts';

const day = 86_400_000;
const now = Date.now();
const settings = (more: Record<string, string | boolean> = {}) =>
  readSettings({ endpoint: 'opc.tcp://plc-1.plant:4840', ...more });
const folder = (): string => mkdtempSync(join(tmpdir(), 'millrace-certificates-'));

let der: Buffer;
let authority: { pem: string; leaf: Buffer; other: Buffer };
beforeAll(async () => {
  const { certificatePem } = await makeCertificate('judged', { hosts: ['plc-1.plant'] });
  der = pemBlocks(certificatePem, 'CERTIFICATE')[0]!;
  authority = await makeAuthority();
});

/** A certificate authority, a certificate it issued for plc-1.plant, and one it issued for another host. */
async function makeAuthority(): Promise<{ pem: string; leaf: Buffer; other: Buffer }> {
  const { x509, getCrypto } = crypto_utils;
  const crypto = getCrypto();
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2048,
  };
  const pair = () =>
    crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
  const [caKeys, keys] = await Promise.all([pair(), pair()]);
  const dates = { notBefore: new Date(now - day), notAfter: new Date(now + 100 * day) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=Plant CA',
      ...dates,
      signingAlgorithm: algorithm,
      keys: caKeys,
      extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
    },
    crypto,
  );
  const issue = async (host: string): Promise<Buffer> => {
    const made = await x509.X509CertificateGenerator.create(
      {
        subject: 'CN=plc',
        issuer: ca.subject,
        ...dates,
        signingAlgorithm: algorithm,
        publicKey: keys.publicKey,
        signingKey: caKeys.privateKey,
        extensions: [
          new x509.SubjectAlternativeNameExtension([
            { type: 'dns', value: host },
            { type: 'url', value: 'urn:plc' },
          ]),
        ],
      },
      crypto,
    );
    return Buffer.from(made.rawData);
  };
  return { pem: ca.toString('pem'), leaf: await issue('plc-1.plant'), other: await issue('plc-2.plant') };
}

test('a certificate nobody has confirmed is shown, not trusted', () => {
  const trust = judgeCertificate(der, settings(), 'urn:x', now);
  expect(trust).toMatchObject({
    trusted: false,
    unconfirmed: true,
    problem: { kind: 'denied', code: 'server-certificate-untrusted', field: 'trustedThumbprint' },
    facts: { thumbprint: sha256(der), hosts: ['plc-1.plant', '127.0.0.1'], keyBits: 2048, selfSigned: true },
  });
});

test.each([
  ['SHA-256', (one: Buffer) => sha256(one)],
  [
    'SHA-1',
    (one: Buffer) =>
      sha1(one)
        .toUpperCase()
        .replace(/..(?=.)/g, '$&:'),
  ],
  ['one of several', (one: Buffer) => `${'0'.repeat(64)} ${sha256(one)}`],
])('trusted by its fingerprint: %s', (_, print) => {
  expect(judgeCertificate(der, settings({ trustedThumbprint: print(der) }), 'urn:x', now).trusted).toBe(true);
});

test('another certificate than the confirmed one is an alarm of its own', () => {
  const trust = judgeCertificate(der, settings({ trustedThumbprint: '0'.repeat(64) }), 'urn:x', now);
  expect(trust).toMatchObject({ unconfirmed: false, problem: { code: 'server-certificate-changed' } });
});

test.each([
  ['expired', now + 400 * day, {}, 'server-certificate-expired'],
  [
    'expired, even if any is trusted',
    now + 400 * day,
    { serverCertificate: 'any' },
    'server-certificate-expired',
  ],
  ['not yet valid', now - 400 * day, { serverCertificate: 'any' }, 'server-certificate-not-yet-valid'],
])('%s', (_, when, more, code) => {
  const trust = judgeCertificate(der, settings({ trustedThumbprint: sha256(der), ...more }), 'urn:x', when);
  expect(trust).toMatchObject({ trusted: false, unconfirmed: false, problem: { kind: 'denied', code } });
  expect(trust.problem!.remedy.zh).not.toBe('');
});

test('expired is accepted only by its own setting, which trusts nothing else', () => {
  const late = now + 400 * day;
  expect(
    judgeCertificate(der, settings({ allowExpired: true, trustedThumbprint: sha256(der) }), '', late).trusted,
  ).toBe(true);
  expect(judgeCertificate(der, settings({ allowExpired: true }), '', late)).toMatchObject({
    problem: { code: 'server-certificate-untrusted' },
  });
});

test('an authority vouches for the host it named, and for no other', () => {
  const trusting = settings({ trustedAuthority: authority.pem });
  expect(judgeCertificate(authority.leaf, trusting, 'urn:plc', now).trusted).toBe(true);
  expect(judgeCertificate(authority.other, trusting, 'urn:plc', now)).toMatchObject({
    problem: { code: 'server-certificate-wrong-host' },
  });
  expect(judgeCertificate(authority.leaf, trusting, 'urn:somebody-else', now)).toMatchObject({
    problem: { code: 'server-certificate-wrong-application' },
  });
  expect(judgeCertificate(der, trusting, 'urn:x', now)).toMatchObject({
    problem: { code: 'server-certificate-untrusted' },
  });
});

test('a chain is split into its certificates', () => {
  const chain = splitChain(Buffer.concat([authority.leaf, der]));
  expect(chain.map(sha256)).toEqual([sha256(authority.leaf), sha256(der)]);
});

test('no bytes in place of a certificate throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const trust = judgeCertificate(Buffer.from(bytes), settings(), 'urn:x', now);
      expect(trust).toMatchObject({ trusted: false, problem: { code: 'server-certificate-unreadable' } });
    }),
  );
  const damaged = Buffer.from(der);
  for (let at = 4; at < damaged.length; at += 7) {
    damaged[at]! ^= 0xff;
    expect(judgeCertificate(damaged, settings(), 'urn:x', now).trusted).toBe(false);
  }
});

test('our own certificate is made once, kept private, and is what OPC UA asks for', async () => {
  const place = folder();
  const made = await Promise.all([1, 2, 3].map(() => ownCertificate(place, settings(), now)));
  expect(new Set(made.map((one) => one.thumbprint)).size).toBe(1);
  const [own] = made;
  const certificate = new X509Certificate(own!.chain[0]!);
  expect(certificate.subjectAltName).toContain(`URI:${own!.applicationUri}`);
  expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBeGreaterThanOrEqual(2048);
  expect(new Date(certificate.validFrom).getTime()).toBeLessThan(now);
  expect(statSync(join(place, 'application.pem')).mode & 0o077).toBe(0);
  expect(sha1(readFileSync(own!.file))).toBe(own!.thumbprint);
  expect((await readdir(place)).sort()).toEqual(['application.pem', 'millrace-opcua-client.der']);
  expect((await ownCertificate(place, settings(), now)).thumbprint).toBe(own!.thumbprint);
});

test('our own certificate is renewed before it expires, under the same application URI', async () => {
  const place = folder();
  const first = await ownCertificate(place, settings(), now);
  const late = first.notAfter.getTime() - 20 * day;
  const second = await ownCertificate(place, settings(), late);
  expect(second.thumbprint).not.toBe(first.thumbprint);
  expect(second.applicationUri).toBe(first.applicationUri);
  expect([first.renewed, second.renewed]).toEqual([undefined, true]);
  expect(second.notAfter.getTime()).toBeGreaterThan(late + 3000 * day);
});

test('a damaged file of ours is replaced', async () => {
  const place = folder();
  writeFileSync(join(place, 'application.pem'), '-----BEGIN CERTIFICATE-----\nMIIC');
  const own = await ownCertificate(place, settings(), now);
  expect(own.chain).toHaveLength(1);
});

test('a given certificate is used; with the wrong key it is refused', async () => {
  const [one, other] = await Promise.all([makeCertificate('own'), makeCertificate('other')]);
  const given = (key: string) =>
    ownCertificate(
      folder(),
      settings({ applicationCertificate: one.certificatePem, applicationKey: key }),
      now,
    );
  expect((await given(one.keyPem)).applicationUri).toBe('urn:millrace:test:server');
  await expect(given(other.keyPem)).rejects.toMatchObject({
    problem: { kind: 'settings', code: 'certificate-key-mismatch' },
  });
  await expect(given('nothing')).rejects.toMatchObject({ problem: { code: 'certificate-unreadable' } });
});
