import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";

import { at } from "../../json/json-object.ts";
import type { SigningKey } from "./jwt.ts";

const DAY_MS = 24 * 3600 * 1000;
/** A key signs for this long, and is known until the last token it signed has ended. */
const SIGN_MS = 90 * DAY_MS;
/** The longest a token can live. */
export const MAX_TOKEN_SECONDS = 30 * 24 * 3600;

interface KeptKey extends SigningKey {
  readonly publicKey: KeyObject;
  /** Milliseconds since the epoch. */
  readonly created: number;
}

/** The keys that sign service accounts' tokens, in one file of mode 0600; the newest signs, and is replaced when it is old. */
export class SigningKeys {
  readonly #path: string;
  readonly #clock: () => number;
  #keys: readonly KeptKey[];
  #rotating: Promise<void> = Promise.resolve();

  private constructor(path: string, clock: () => number, keys: readonly KeptKey[]) {
    this.#path = path;
    this.#clock = clock;
    this.#keys = keys;
  }

  /** Throws Error when the file is there but cannot be read as one. */
  static async open(path: string, clock: () => number): Promise<SigningKeys> {
    return new SigningKeys(path, clock, await readKeys(path));
  }

  /** The key to sign with now; durable before anything is signed by it. */
  async current(): Promise<SigningKey> {
    this.#rotating = this.#rotating.then(() => this.#rotate());
    await this.#rotating;
    const [newest] = this.#keys;
    if (!newest) throw new Error(`Cannot sign: "${this.#path}" holds no key`);
    return newest;
  }

  publicKey(id: string): KeyObject | undefined {
    return this.#keys.find((one) => one.id === id)?.publicKey;
  }

  /** A JSON Web Key Set (RFC 7517), for whoever else checks our tokens. */
  jwks(): object {
    const keys = this.#keys.map(({ id, publicKey }) => ({
      ...publicKey.export({ format: "jwk" }),
      kid: id,
      use: "sig",
      alg: "ES256",
    }));
    return { keys };
  }

  async #rotate(): Promise<void> {
    const now = this.#clock();
    const [newest] = this.#keys;
    if (newest && now - newest.created < SIGN_MS) return;
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const kept = this.#keys.filter(({ created }) => now - created < SIGN_MS + MAX_TOKEN_SECONDS * 1000);
    const keys = [keyOf(privateKey, now), ...kept];
    await writeKeys(this.#path, keys);
    this.#keys = keys;
  }
}

function keyOf(key: KeyObject, created: number): KeptKey {
  const publicKey = createPublicKey(key);
  const der = publicKey.export({ format: "der", type: "spki" });
  return { id: createHash("sha256").update(der).digest("base64url"), key, publicKey, created };
}

async function writeKeys(path: string, keys: readonly KeptKey[]): Promise<void> {
  const records = keys.map(({ key, created }) => ({
    created: new Date(created).toISOString(),
    key: key.export({ format: "pem", type: "pkcs8" }),
  }));
  await writeFile(`${path}.new`, JSON.stringify(records), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}

async function readKeys(path: string): Promise<readonly KeptKey[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return [];
    throw error;
  }
  const records: unknown = JSON.parse(text);
  if (!Array.isArray(records)) throw new Error(`Cannot read "${path}": wanted a list of keys`);
  return records.map((record: unknown) => {
    const [key, created] = [at(record, "key"), at(record, "created")];
    if (typeof key === "string" && typeof created === "string") {
      return keyOf(createPrivateKey(key), Date.parse(created));
    }
    throw new Error(`Cannot read "${path}": wanted { key, created } for each key`);
  });
}
