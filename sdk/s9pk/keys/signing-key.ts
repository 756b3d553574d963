import { ed25519 } from "@noble/curves/ed25519.js";

import { ArchiveError } from "../archive-error.ts";

/** An Ed25519 key that signs archives. */
export interface SigningKey {
  /** 32 secret bytes. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

// DER of a PKCS#8 PrivateKeyInfo for Ed25519 up to the seed; RFC 8410 section 7.
const prefix = Uint8Array.from(Buffer.from("302e020100300506032b657004220420", "hex"));
const label = "PRIVATE KEY";

/** The key of a seed, or a new random one. */
export function signingKeyOf(seed: Uint8Array = crypto.getRandomValues(new Uint8Array(32))): SigningKey {
  return { seed, publicKey: ed25519.getPublicKey(seed) };
}

/** Reads a PKCS#8 PEM file's text, the format of `~/.startos/developer.key.pem`. Code `bad-key`. */
export function parseSigningKey(pem: string): SigningKey {
  const body = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/u.exec(pem)?.[1];
  if (body === undefined) throw badKey("there is no PKCS#8 PEM block in it");
  const der = Uint8Array.from(Buffer.from(body, "base64"));
  const isEd25519 = prefix.every((byte, index) => index === 1 || der[index] === byte);
  // Version 2 keys carry the public key after the seed; it is computed here, so the rest is not read.
  if (!isEd25519 || der.length < prefix.length + 32) throw badKey("it is no Ed25519 key");
  return signingKeyOf(der.slice(prefix.length, prefix.length + 32));
}

export function encodeSigningKey(key: SigningKey): string {
  const der = Buffer.concat([prefix, key.seed]);
  return `-----BEGIN ${label}-----\n${der.toString("base64")}\n-----END ${label}-----\n`;
}

function badKey(found: string): ArchiveError {
  return new ArchiveError("bad-key", "", `Cannot read the signing key: ${found}`);
}
