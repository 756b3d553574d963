import type { Kind, Resource } from "@freehold/apis";
import { equalValue } from "@freehold/engine";

interface Callback {
  readonly container: string;
  readonly id: number;
  readonly kinds: readonly Kind[];
  readonly read: () => unknown;
  /** What the package was answered. */
  readonly answer: unknown;
}

/** Callbacks that packages wait for. Each fires once, when the answer would be another: the package asks again if it still cares. */
export class CallbackTable {
  readonly #callbacks = new Map<string, Callback>();
  readonly #notify: (container: string, id: number) => void;

  constructor(notify: (container: string, id: number) => void) {
    this.#notify = notify;
  }

  /**
   * Answers what `read` finds, and remembers who is to be told when it finds something else. `read` looks at caches only, so that
   * nothing can come between. It may find nothing: the package is told when there is something.
   */
  watch<T>(
    asker: { readonly container: string; readonly id: number | undefined },
    kinds: readonly Kind[],
    read: () => T,
  ): T {
    const answer = read();
    const { container, id } = asker;
    if (id !== undefined) this.#callbacks.set(`${container} ${id}`, { container, id, kinds, read, answer });
    return answer;
  }

  /** To be told of every change of a kind packages may wait for. */
  changed(resource: Resource): void {
    for (const [key, callback] of this.#callbacks) {
      if (!callback.kinds.some((kind) => kind.matches(resource)) || stillTrue(callback)) continue;
      this.#callbacks.delete(key);
      this.#notify(callback.container, callback.id);
    }
  }

  /** Drops the container's callbacks that `drop` names. */
  clear(container: string, drop: (id: number) => boolean): void {
    for (const [key, callback] of this.#callbacks) {
      if (callback.container === container && drop(callback.id)) this.#callbacks.delete(key);
    }
  }
}

/** What can no longer be answered has changed, too: the package asks again, and hears why. */
function stillTrue({ read, answer }: Callback): boolean {
  try {
    return equalValue(read(), answer);
  } catch {
    return false;
  }
}
