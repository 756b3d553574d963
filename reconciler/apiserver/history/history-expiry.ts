import { type Backend, isStoreError } from "@freehold/store";
import type { OnApplicationShutdown, OnModuleInit } from "@nestjs/common";

import { HISTORY_ROOT } from "./history-keys.ts";
import { type HistoryPolicy, outdatedKeys } from "./history-policy.ts";

export interface HistoryExpiryPorts {
  readonly backend: Backend;
  readonly policy: HistoryPolicy;
  readonly clock: () => number;
  readonly log: (message: string) => void;
}

const EVERY_MS = 10 * 60 * 1000;
/** Keys deleted in one transaction. */
const SLICE = 100;

/** Gives up what the policy keeps no longer. Looks now and then; without changes it writes nothing. */
export class HistoryExpiry implements OnModuleInit, OnApplicationShutdown {
  readonly #ports: HistoryExpiryPorts;
  #timer: NodeJS.Timeout | undefined;
  #pass: Promise<void> = Promise.resolve();

  constructor(ports: HistoryExpiryPorts) {
    this.#ports = ports;
  }

  onModuleInit(): void {
    this.#timer = setInterval(() => this.#start(), EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#pass;
  }

  /** One look. */
  async expire(): Promise<void> {
    const { backend, policy, clock } = this.#ports;
    const { entries } = await backend.range(HISTORY_ROOT);
    const kept = entries.map(({ key, value }) => ({ key, bytes: key.length + value.length }));
    const outdated = outdatedKeys(kept, policy, clock());
    for (let i = 0; i < outdated.length; i += SLICE) {
      const keys = outdated.slice(i, i + SLICE);
      await backend.commit(
        [],
        keys.map((key) => ({ type: "delete", key })),
      );
    }
  }

  #start(): void {
    this.#pass = this.expire().catch((error: unknown) => {
      // The next look finds the same changes.
      if (!isStoreError(error, "Unavailable")) {
        this.#ports.log(`Cannot give up old history: ${String(error)}`);
      }
    });
  }
}
