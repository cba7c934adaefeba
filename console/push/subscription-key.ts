/** A base64url key as the bytes that browsers subscribe with. */
export function keyBytes(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Whether a subscription was made with this key of the platform; one made with another gets nothing. */
export function isOfKey(given: ArrayBuffer | null | undefined, key: string): boolean {
  if (given === null || given === undefined) return false;
  const wanted = keyBytes(key);
  const bytes = new Uint8Array(given);
  return bytes.length === wanted.length && bytes.every((byte, index) => byte === wanted[index]);
}
