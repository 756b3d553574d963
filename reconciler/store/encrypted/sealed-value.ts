import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

import { StoreError } from "../errors.ts";

/** First byte of an encrypted value; JSON begins with another. */
const MARK = 0x01;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts a value (AES-256-GCM, the key's name authenticated with it): mark, nonce, tag, text. `secret` has 32 bytes. */
export function sealValue(secret: Uint8Array, key: string, value: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", secret, nonce).setAAD(Buffer.from(key));
  const text = Buffer.concat([cipher.update(value), cipher.final()]);
  return Buffer.concat([Buffer.of(MARK), nonce, cipher.getAuthTag(), text]);
}

/** The value again; one that was never encrypted as it is. Throws StoreError `Corrupt`. */
export function openValue(secret: Uint8Array, key: string, value: Uint8Array): Uint8Array {
  if (value[0] !== MARK) return value;
  const bytes = Buffer.from(value);
  const body = 1 + NONCE_BYTES + TAG_BYTES;
  try {
    const decipher = createDecipheriv("aes-256-gcm", secret, bytes.subarray(1, 1 + NONCE_BYTES))
      .setAAD(Buffer.from(key))
      .setAuthTag(bytes.subarray(1 + NONCE_BYTES, body));
    return Buffer.concat([decipher.update(bytes.subarray(body)), decipher.final()]);
  } catch (error) {
    throw new StoreError("Corrupt", `Cannot decrypt "${key}": the key does not fit, or it was changed`, {
      cause: error,
    });
  }
}
