const RETRY_MS = 1000;

/** Runs a pass whenever its source says so, never two at once, and once more if something happened meanwhile. */
export class LevelLoop {
  readonly #watch: (signal: AbortSignal) => AsyncIterable<boolean>;
  readonly #pass: () => Promise<void>;
  readonly #log: (message: string) => void;
  readonly #stopping = new AbortController();
  #wanted = true;
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;

  constructor(
    /** Yields true for "look again". */
    watch: (signal: AbortSignal) => AsyncIterable<boolean>,
    pass: () => Promise<void>,
    log: (message: string) => void,
  ) {
    this.#watch = watch;
    this.#pass = pass;
    this.#log = log;
  }

  start(): void {
    this.#running = Promise.all([this.#follow(), this.#work()]).then(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#running;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        for await (const wanted of this.#watch(signal)) {
          this.#touch(wanted);
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#log(`Cannot follow changes: ${String(error)}`);
        await this.#pause();
      }
      // What happened while nobody watched is found by looking.
      this.#touch(true);
    }
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (!this.#wanted) await new Promise<void>((resolve) => (this.#wake = resolve));
      if (signal.aborted) return;
      this.#wanted = false;
      try {
        await this.#pass();
      } catch (error) {
        if (signal.aborted) return;
        this.#log(`Cannot finish a pass: ${String(error)}`);
        await this.#pause();
        this.#wanted = true;
      }
    }
  }

  #touch(wanted: boolean): void {
    this.#wanted ||= wanted;
    if (wanted) this.#wake();
  }

  #pause(): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, RETRY_MS);
      signal.addEventListener("abort", done);
    });
  }
}
