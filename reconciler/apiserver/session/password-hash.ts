import { argon2, randomBytes, timingSafeEqual } from "node:crypto";

/** Argon2id with OWASP's least cost: 19 MiB, twice over, one lane (RFC 9106). */
const COST = { memory: 19 * 1024, passes: 2, parallelism: 1 } as const;
const VERSION = 19;
const TAG_BYTES = 32;
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,88})\$([A-Za-z0-9+/]{43})$/;

/** A password's hash in the PHC string format, with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derive(password, salt, COST);
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=${VERSION}$m=${memory},t=${passes},p=${parallelism}$${bare(salt)}$${bare(tag)}`;
}

/** Whether a password is the one that was hashed; in constant time, whatever is wrong about it. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt = "", tag = ""] = PHC.exec(hash) ?? [];
  if (tag === "") throw new Error("Cannot check a password: what is kept of it is no Argon2id hash");
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const found = await derive(password, Buffer.from(salt, "base64"), cost);
  return timingSafeEqual(found, Buffer.from(tag, "base64"));
}

function derive(
  password: string,
  salt: Buffer,
  cost: { readonly memory: number; readonly passes: number; readonly parallelism: number },
): Promise<Buffer> {
  // The same letters can be typed as different code points on another keyboard.
  const message = Buffer.from(password.normalize("NFC"));
  return new Promise((resolve, reject) => {
    argon2("argon2id", { message, nonce: salt, tagLength: TAG_BYTES, ...cost }, (error, tag) => {
      if (error) reject(error);
      else resolve(tag);
    });
  });
}

function bare(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}
