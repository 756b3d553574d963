import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits: no salt or slow hash is needed where nothing can be guessed. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 in hexadecimal. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether a secret is the one that was hashed; in constant time. */
export function isSecret(secret: string, hash: string | undefined): boolean {
  const found = Buffer.from(hashOf(secret));
  const kept = Buffer.from(hash ?? "");
  return found.length === kept.length && timingSafeEqual(found, kept);
}
