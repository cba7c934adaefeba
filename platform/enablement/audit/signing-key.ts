import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { canonicalJson } from './canonical-json.ts';

/** What the platform vouches for: that its trail had this record at this number then. Kept outside, it shows later whether it still has. */
export interface SignedHead {
  number: number;
  hash: string;
  time: string;
  /** Ed25519 public key (RFC 8410), SubjectPublicKeyInfo in base64. */
  key: string;
  /** Ed25519 signature (RFC 8032) in base64 over the canonical form of {hash, number, time}. */
  signature: string;
}

/** The key that signs heads: Ed25519, made at the first start, in a file of its own that only the platform's user can read. */
export class SigningKey {
  readonly #private: KeyObject;
  readonly publicKey: string;

  private constructor(key: KeyObject) {
    this.#private = key;
    this.publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
  }

  /** Throws with the file's name if what stands there is no Ed25519 key. */
  static open(file: string): SigningKey {
    if (!existsSync(file)) {
      const { privateKey } = generateKeyPairSync('ed25519');
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
      const next = `${file}.next`;
      const handle = openSync(next, 'w', 0o600);
      writeSync(handle, pem);
      fsyncSync(handle);
      closeSync(handle);
      renameSync(next, file);
    }
    let key: KeyObject;
    try {
      key = createPrivateKey(readFileSync(file));
    } catch {
      throw new Error(`the file ${file} does not hold a private key`);
    }
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`the key in ${file} is not an Ed25519 key`);
    return new SigningKey(key);
  }

  head(number: number, hash: string, time: string): SignedHead {
    const signature = sign(null, Buffer.from(canonicalJson({ number, hash, time })), this.#private);
    return { number, hash, time, key: this.publicKey, signature: signature.toString('base64') };
  }
}

export function headHolds(head: SignedHead): boolean {
  const { number, hash, time, key, signature } = head;
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
    return verify(
      null,
      Buffer.from(canonicalJson({ number, hash, time })),
      publicKey,
      Buffer.from(signature, 'base64'),
    );
  } catch {
    return false;
  }
}
