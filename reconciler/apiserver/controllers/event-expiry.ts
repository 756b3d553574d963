import type { Kind, Resource } from "@freehold/apis";
import type { OnApplicationShutdown, OnModuleInit } from "@nestjs/common";

import { isApiError } from "../errors/api-error.ts";
import { at } from "../json/json-object.ts";
import type { Registry } from "../registry/registry.ts";

const KEPT_MS = 3600 * 1000;
const EVERY_MS = 5 * 60 * 1000;

export interface ExpiryPorts {
  readonly registry: Registry;
  readonly clock: () => number;
  readonly log: (message: string) => void;
}

/** Deletes events an hour after they were last seen, as Kubernetes does. */
export class EventExpiry implements OnModuleInit, OnApplicationShutdown {
  readonly #ports: ExpiryPorts;
  #timer: NodeJS.Timeout | undefined;
  #pass: Promise<void> = Promise.resolve();

  constructor(ports: ExpiryPorts) {
    this.#ports = ports;
  }

  onModuleInit(): void {
    this.#timer = setInterval(() => this.#start(), EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#pass;
  }

  /** One look at all events. */
  async expire(): Promise<void> {
    const { registry, clock } = this.#ports;
    const kind = registry.kinds.find("", "v1", "events");
    if (!kind) return;
    const { items } = await registry.list(kind);
    for (const event of items.filter((item) => isOver(item, clock()))) await this.#delete(kind, event);
  }

  #start(): void {
    this.#pass = this.expire().catch((error: unknown) => {
      // The next look finds the same events.
      this.#ports.log(`Cannot delete old events: ${String(error)}`);
    });
  }

  async #delete(kind: Kind, { metadata }: Resource): Promise<void> {
    try {
      await this.#ports.registry.delete(kind, metadata, { resourceVersion: metadata.resourceVersion });
    } catch (error) {
      // Seen again meanwhile, or gone already.
      if (!isApiError(error, "Conflict") && !isApiError(error, "NotFound")) throw error;
    }
  }
}

function isOver(event: Resource, now: number): boolean {
  const times = [
    at(event, "lastTimestamp"),
    at(event, "eventTime"),
    at(event, "series", "lastObservedTime"),
    event.metadata.creationTimestamp,
  ];
  const seen = times
    .map((time) => (typeof time === "string" ? Date.parse(time) : NaN))
    .filter((time) => !Number.isNaN(time));
  return Math.max(...seen) < now - KEPT_MS;
}
