import type { Kind, Resource } from "@freehold/apis";

type Interest = (changed: Resource) => boolean;

interface Callback {
  readonly container: string;
  readonly id: number;
  readonly kind: Kind;
  readonly concerns: Interest;
}

/** Callbacks that packages wait for. Each fires once: the package asks again if it still cares. */
export class CallbackTable {
  readonly #callbacks = new Set<Callback>();
  readonly #notify: (container: string, id: number) => void;

  constructor(notify: (container: string, id: number) => void) {
    this.#notify = notify;
  }

  /** Registers before the value is read, so that no change between is lost. */
  register(container: string, id: number | undefined, kind: Kind, concerns: Interest): void {
    if (id !== undefined) this.#callbacks.add({ container, id, kind, concerns });
  }

  /** To be told of every change of a kind packages may wait for. */
  changed(resource: Resource): void {
    for (const callback of this.#callbacks) {
      if (!callback.kind.matches(resource) || !callback.concerns(resource)) continue;
      this.#callbacks.delete(callback);
      this.#notify(callback.container, callback.id);
    }
  }

  /** Drops the container's callbacks that `drop` names. */
  clear(container: string, drop: (id: number) => boolean): void {
    for (const callback of this.#callbacks) {
      if (callback.container === container && drop(callback.id)) this.#callbacks.delete(callback);
    }
  }
}
