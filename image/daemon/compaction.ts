import type { Backend } from "@freehold/store";
import type { Logger } from "pino";

const EVERY_MS = 300_000;

/** Every five minutes forgets what was history five minutes before, if anything was written since; a quiet store is left alone. */
export function startCompaction(backend: Backend, log: Logger): Disposable {
  let line = 0;
  let done = 0;
  const timer = setInterval(() => {
    void (async () => {
      if (line > done) {
        await backend.compact(line);
        done = line;
      }
      line = await backend.revision();
    })().catch((error: unknown) => log.warn({ err: error }, "compaction failed; it is tried again"));
  }, EVERY_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
