import { type Backend, isStoreError } from "@freehold/store";
import type { OnApplicationShutdown, OnModuleInit } from "@nestjs/common";

const EVERY_MS = 5 * 60 * 1000;

/** Forgets history: every five minutes what is older than the look before, as kube-apiserver does, so that watches can resume. */
export class Compactor implements OnModuleInit, OnApplicationShutdown {
  readonly #backend: Backend;
  readonly #log: (message: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #last: number | undefined;
  #look: Promise<void> = Promise.resolve();

  constructor(backend: Backend, log: (message: string) => void) {
    this.#backend = backend;
    this.#log = log;
  }

  onModuleInit(): void {
    this.#timer = setInterval(() => this.#start(), EVERY_MS).unref();
    this.#start();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#look;
  }

  /** One look: remembers the newest revision, and lets go of what was older than the one remembered before. */
  async look(): Promise<void> {
    const below = this.#last;
    this.#last = await this.#backend.revision();
    if (below === undefined || below === this.#last) return;
    try {
      await this.#backend.compact(below);
    } catch (error) {
      // Another server of the same store was faster.
      if (!isStoreError(error, "Compacted")) throw error;
    }
  }

  #start(): void {
    this.#look = this.look().catch((error: unknown) =>
      this.#log(`Cannot compact the store: ${String(error)}`),
    );
  }
}
