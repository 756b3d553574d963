import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type {
  Backend,
  Batch,
  Change,
  Compare,
  Entry,
  RangeOptions,
  RangeResult,
  Revision,
  Write,
} from "../backend.ts";
import { openValue, sealValue } from "./sealed-value.ts";

const KEY_BYTES = 32;

/** Encrypts the values of chosen keys (AES-256-GCM, the key's name authenticated with it) over any backend. */
export class EncryptedBackend implements Backend {
  readonly #inner: Backend;
  readonly #secret: Uint8Array;
  readonly #concerns: (key: string) => boolean;

  constructor(inner: Backend, secret: Uint8Array, concerns: (key: string) => boolean) {
    this.#inner = inner;
    this.#secret = secret;
    this.#concerns = concerns;
  }

  async range(prefix: string, options?: RangeOptions): Promise<RangeResult> {
    const result = await this.#inner.range(prefix, options);
    return { ...result, entries: result.entries.map((entry) => this.#open(entry)) };
  }

  async get(key: string): Promise<Entry | undefined> {
    const entry = await this.#inner.get(key);
    return entry && this.#open(entry);
  }

  commit(compares: readonly Compare[], writes: readonly Write[]): Promise<Revision> {
    const sealed = writes.map((write) =>
      write.type === "put" && this.#concerns(write.key)
        ? { ...write, value: sealValue(this.#secret, write.key, write.value) }
        : write,
    );
    return this.#inner.commit(compares, sealed);
  }

  async *watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Batch> {
    for await (const { revision, changes } of this.#inner.watch(prefix, after, signal)) {
      yield { revision, changes: changes.map((change) => this.#openChange(change)) };
    }
  }

  revision(): Promise<Revision> {
    return this.#inner.revision();
  }

  compact(below: Revision): Promise<void> {
    return this.#inner.compact(below);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }

  #openChange(change: Change): Change {
    const previous = change.previous && this.#open(change.previous);
    return change.type === "put"
      ? { ...change, entry: this.#open(change.entry), previous }
      : { ...change, previous };
  }

  #open(entry: Entry): Entry {
    if (!this.#concerns(entry.key)) return entry;
    return { ...entry, value: openValue(this.#secret, entry.key, entry.value) };
  }
}

/** The key in a file of its own, made at the first call; readable by its owner alone. Throws Error when it is damaged. */
export function loadEncryptionKey(file: string): Uint8Array {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, randomBytes(KEY_BYTES), { flag: "wx", mode: 0o600, flush: true });
  } catch (error) {
    if (!(error instanceof Error) || Reflect.get(error, "code") !== "EEXIST") throw error;
  }
  const key = readFileSync(file);
  if (key.length !== KEY_BYTES) {
    throw new Error(
      `Cannot use the encryption key "${file}": it has ${key.length} bytes, wanted ${KEY_BYTES}`,
    );
  }
  return key;
}
