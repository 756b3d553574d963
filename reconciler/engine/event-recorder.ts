import { createHash } from "node:crypto";

import type { Resource, ResourceOf } from "@freehold/apis";
import { eventKind } from "@freehold/apis/core";
import type { ResourceStore } from "@freehold/store";

import { type Clock, timestampOf } from "./clock.ts";
import { remedyOf } from "./errors.ts";
import { EventBudget } from "./event-budget.ts";
import { keyOf } from "./kind-cache.ts";

type Event = ResourceOf<typeof eventKind>;

export interface Happening {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

const LONGEST_MESSAGE = 1024;

/** Writes v1 Events for people: one per object and reason, counted. No controller reads them. */
export class EventRecorder {
  readonly #store: ResourceStore;
  readonly #clock: Clock;
  readonly #component: string;
  readonly #budget: EventBudget;
  readonly #onBug: (about: string, error: unknown) => void;

  constructor(parts: {
    readonly store: ResourceStore;
    readonly clock: Clock;
    readonly component: string;
    readonly onBug?: (about: string, error: unknown) => void;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#component = parts.component;
    this.#budget = new EventBudget(parts.clock);
    this.#onBug = parts.onBug ?? (() => undefined);
  }

  /**
   * Never throws: an event that cannot be written must not stop the work it tells of. Answers whether it was written; it is not
   * where the namespace is going, or when there were very many of this object lately.
   */
  async record(about: Resource, happening: Happening): Promise<boolean> {
    if (!this.#budget.spend(about.metadata.uid ?? `${about.kind} ${keyOf(about)}`)) return false;
    const namespace = about.metadata.namespace ?? "default";
    const name = eventNameOf(about, happening.reason);
    try {
      const known = await this.#store.get(eventKind, name, namespace);
      if (known)
        await this.#store.update(eventKind, this.#repeat(known, happening), { name: this.#component });
      else await this.#store.create(eventKind, this.#first(about, happening), { name: this.#component });
      return true;
    } catch (error) {
      if (remedyOf(error) === "bug") this.#onBug(name, error);
      return false;
    }
  }

  #first(about: Resource, { type, reason, message }: Happening): Event {
    const now = timestampOf(this.#clock.now());
    const { name, namespace, uid, resourceVersion } = about.metadata;
    return {
      apiVersion: eventKind.apiVersion,
      kind: eventKind.kind,
      metadata: { name: eventNameOf(about, reason), namespace: namespace ?? "default" },
      spec: undefined,
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        name,
        ...(namespace !== undefined && { namespace }),
        ...(uid !== undefined && { uid }),
        ...(resourceVersion !== undefined && { resourceVersion }),
      },
      type,
      reason,
      message: message.slice(0, LONGEST_MESSAGE),
      source: { component: this.#component },
      reportingComponent: this.#component,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
  }

  #repeat(known: Event, { type, message }: Happening): Event {
    const lastTimestamp = timestampOf(this.#clock.now());
    return {
      ...known,
      type,
      message: message.slice(0, LONGEST_MESSAGE),
      lastTimestamp,
      count: (known.count ?? 1) + 1,
    };
  }
}

function eventNameOf(about: Resource, reason: string): string {
  const identity = `${about.apiVersion} ${about.kind} ${about.metadata.uid ?? ""} ${reason}`;
  const digest = createHash("sha256").update(identity).digest("hex").slice(0, 16);
  return `${about.metadata.name.slice(0, 200)}.${digest}`;
}
