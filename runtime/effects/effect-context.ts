type Hook = () => unknown;

/** Gives out the numbers callbacks are known by at the host; process-wide, from 1. */
export class CallbackNumbers {
  #last = 0;
  next(): number {
    return ++this.#last;
  }
}

/**
 * The span of one piece of a package's work (`init`, `main`, an action, and what they are divided into).
 * Leaving it ends its parts first, then runs its hooks in order, and forgets its callbacks.
 */
export class EffectContext {
  readonly #numbers: CallbackNumbers;
  readonly #children = new Map<string, EffectContext>();
  readonly #callbacks = new Map<number, Hook>();
  readonly #hooks: Hook[] = [];
  #forget: (ids: readonly number[]) => void;

  /** @param forget is told which callbacks the host need not keep any longer. */
  constructor(numbers: CallbackNumbers, forget: (ids: readonly number[]) => void) {
    this.#numbers = numbers;
    this.#forget = forget;
  }

  /** A new part of this name; a former one of the same name is left first. */
  child(name: string): EffectContext {
    this.leaveChild(name);
    const child = new EffectContext(this.#numbers, this.#forget);
    this.#children.set(name, child);
    return child;
  }

  find(name: string): EffectContext | undefined {
    return this.#children.get(name);
  }

  leaveChild(name: string): void {
    const child = this.#children.get(name);
    this.#children.delete(name);
    child?.leave();
  }

  leave(): void {
    for (const name of this.#children.keys()) this.leaveChild(name);
    for (const hook of this.#hooks.splice(0)) {
      try {
        hook();
      } catch (error) {
        // One package hook must not keep the others from tidying up.
        console.error("A hook failed on leaving its context:", error);
      }
    }
    if (this.#callbacks.size > 0) this.#forget([...this.#callbacks.keys()]);
    this.#callbacks.clear();
  }

  onLeave(hook: Hook): void {
    this.#hooks.push(hook);
  }

  addCallback(callback: Hook): number {
    const id = this.#numbers.next();
    this.#callbacks.set(id, callback);
    return id;
  }

  /** Calls the callback of this number, here or in a part; callbacks are called once. False when there is none. */
  call(id: number): boolean {
    const callback = this.#callbacks.get(id);
    if (callback === undefined) return [...this.#children.values()].some((child) => child.call(id));
    this.#callbacks.delete(id);
    callback();
    return true;
  }
}
