import { HostError } from "@freehold/agent-ports";

/** When the n-th mutation of the world fails: before it takes effect (true) or after. Counted from 1. */
export type FailAt = (mutation: number, name: string) => boolean | "before" | "after";

/** Every change of the fake world goes through here, is counted and may be interrupted. */
export class FaultGate {
  readonly #failAt: FailAt;
  #count = 0;

  constructor(failAt: FailAt) {
    this.#failAt = failAt;
  }

  /** Mutations so far, also interrupted ones. A call that finds all as wanted makes none. */
  get count(): number {
    return this.#count;
  }

  mutate<T>(name: string, change: () => T): T {
    this.#count++;
    const failure = this.#failAt(this.#count, name);
    if (failure === true || failure === "before") throw interrupted(name, "before");
    const result = change();
    if (failure === "after") throw interrupted(name, "after");
    return result;
  }
}

function interrupted(name: string, when: string): HostError {
  return new HostError("interrupted", `Cannot do "${name}": interrupted ${when} it took effect`);
}
