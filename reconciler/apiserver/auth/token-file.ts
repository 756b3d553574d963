import { readFile, rename, writeFile } from "node:fs/promises";

import { isObject } from "../json/json-object.ts";
import { authenticated, type Identity } from "./identity.ts";
import { hashOf, newSecret } from "./secret-hash.ts";

interface TokenRecord {
  readonly user: string;
  readonly groups: readonly string[];
}

/**
 * Bearer tokens, kept as SHA-256 of 256 random bits: no salt or slow hash is needed where nothing can be guessed. A record
 * of the same user and groups is replaced by the next, so that agents may ask for one at each start.
 */
export class TokenFile {
  readonly #path: string;
  readonly #records: Map<string, TokenRecord>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, records: Map<string, TokenRecord>) {
    this.#path = path;
    this.#records = records;
  }

  /** Throws Error when the file is there but cannot be read as one. */
  static async open(path: string): Promise<TokenFile> {
    return new TokenFile(path, await readRecords(path));
  }

  identify(token: string): Identity | undefined {
    const record = this.#records.get(hashOf(token));
    return record && authenticated(record.user, record.groups);
  }

  /** A new token; the only time its text is seen. Durable once this returns. */
  async issue(user: string, groups: readonly string[]): Promise<string> {
    const token = newSecret();
    for (const [hash, record] of this.#records) {
      if (record.user === user && record.groups.join() === groups.join()) this.#records.delete(hash);
    }
    this.#records.set(hashOf(token), { user, groups });
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
    return token;
  }

  async #write(): Promise<void> {
    const beside = `${this.#path}.new`;
    await writeFile(beside, JSON.stringify(Object.fromEntries(this.#records)), { mode: 0o600, flush: true });
    await rename(beside, this.#path);
  }
}

async function readRecords(path: string): Promise<Map<string, TokenRecord>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return new Map();
    throw error;
  }
  const found: unknown = JSON.parse(text);
  if (!isObject(found)) throw new Error(`Cannot read "${path}": wanted an object of token records`);
  return new Map(Object.entries(found).map(([hash, record]) => [hash, readRecord(path, record)]));
}

function readRecord(path: string, record: unknown): TokenRecord {
  if (isObject(record)) {
    const { user, groups } = record;
    if (typeof user === "string" && Array.isArray(groups)) return { user, groups: groups.map(String) };
  }
  throw new Error(`Cannot read "${path}": wanted { user, groups }, found ${JSON.stringify(record)}`);
}
