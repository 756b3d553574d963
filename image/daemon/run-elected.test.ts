import { type Backend, isStoreError, MemoryBackend } from "@freehold/store";
import { expect, test } from "vitest";

import { createLog } from "./log.ts";
import { type Election, runElected } from "./run-elected.ts";

const log = createLog("test");
log.level = "silent";

/** Two servers of one store, each with what it has been told in order. */
class Server {
  readonly said: string[] = [];
  readonly stop = new AbortController();
  readonly ended: Promise<void>;
  fenced: Backend | undefined;
  #wake: (() => void) | undefined;

  constructor(backend: Backend, holder: string) {
    this.ended = runElected({
      backend,
      holder,
      log,
      signal: this.stop.signal,
      create: (fenced) => {
        this.fenced = fenced;
        return {
          start: async () => this.#say("start"),
          stop: async () => this.#say("stop"),
        };
      },
      lease: { ttlMs: 1000, clock: this.clock },
    });
  }

  /** Paused, as a machine that sleeps: its time stands. */
  paused = false;

  get clock(): NonNullable<NonNullable<Election["lease"]>["clock"]> {
    return {
      now: () => performance.now(),
      sleep: async (milliseconds, signal) => {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          signal.addEventListener("abort", () => {
            clearTimeout(timer);
            resolve();
          });
        });
        while (this.paused && !signal.aborted) await new Promise((resolve) => setImmediate(resolve));
      },
    };
  }

  async until(word: string): Promise<void> {
    while (this.said.at(-1) !== word) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #say(word: string): void {
    this.said.push(word);
    this.#wake?.();
  }
}

test("runElected() runs one of two, and the other once the first has ended", async () => {
  await using backend = new MemoryBackend();
  const first = new Server(backend, "a");
  await first.until("start");
  const second = new Server(backend, "b");
  first.stop.abort();
  await first.ended;
  await second.until("start");
  expect([first.said, second.said]).toEqual([["start", "stop"], ["start"]]);
  second.stop.abort();
  await second.ended;
});

test("runElected() stops what it runs when another took over, cannot write, and runs it anew later", async () => {
  await using backend = new MemoryBackend();
  const first = new Server(backend, "a");
  await first.until("start");
  first.paused = true;
  const second = new Server(backend, "b");
  await second.until("start");
  const late = first.fenced?.commit([], [{ type: "put", key: "/x", value: Buffer.from("late") }]);
  await expect(late).rejects.toSatisfy((error: unknown) => isStoreError(error, "Unavailable"));
  first.paused = false;
  await first.until("stop");
  second.stop.abort();
  await second.ended;
  await first.until("start");
  expect(first.said).toEqual(["start", "stop", "start"]);
  first.stop.abort();
  await first.ended;
});
