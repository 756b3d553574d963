interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/** What a rate is taken over: long enough to be calm, short enough to follow a change. */
const WINDOW_SECONDS = 5;

/** How fast something goes on, and how long that will take, out of what was seen of it lately. */
export class Pace {
  readonly #now: () => number;
  #phase = "";
  #seen: readonly { readonly at: number; readonly done: number }[] = [];

  /** @param now Seconds since some moment. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Rate per second and seconds left; nothing while there is too little to tell from. */
  of({ phase, done, total }: Progress): { readonly rate?: number; readonly etaSeconds?: number } {
    const at = this.#now();
    const before = phase === this.#phase ? this.#seen : [];
    this.#phase = phase;
    this.#seen = [...before.filter((one) => at - one.at <= WINDOW_SECONDS), { at, done }];
    const [first] = this.#seen;
    const seconds = at - (first?.at ?? at);
    const rate = (done - (first?.done ?? done)) / seconds;
    return seconds >= 0.5 && rate > 0 ? { rate, etaSeconds: (total - done) / rate } : {};
  }
}
