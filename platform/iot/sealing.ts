import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/**
 * Seals secrets for the record store with AES-256-GCM under a key that stands in a file of its own (mode 0600), so that a copy of the records alone
 * gives nothing away.
 */
export class Sealer {
  readonly #key: Buffer;

  constructor(keyFile: string) {
    if (!existsSync(keyFile)) {
      const file = openSync(keyFile, 'wx', 0o600);
      writeSync(file, randomBytes(32));
      fsyncSync(file);
      closeSync(file);
    }
    this.#key = readFileSync(keyFile);
    if (this.#key.length !== 32) throw new Error(`the key file ${keyFile} does not hold 32 bytes`);
  }

  seal(secret: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return `sealed:${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')}`;
  }

  open(sealed: string): string {
    if (!sealed.startsWith('sealed:')) return sealed;
    const bytes = Buffer.from(sealed.slice(7), 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  }
}
