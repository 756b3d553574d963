/** Tells something about a step under way. */
export type Say = (text: string) => void;

/** Silence makes people doubt; each so many milliseconds they hear what is waited for. */
const STILL_MS = 10_000;

/** Runs a part of `npm start`, and tells how long it took and, while it takes long, what it waits for. */
export async function step<T>(name: string, waitsFor: string, run: (say: Say) => Promise<T>): Promise<T> {
  const began = performance.now();
  const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  let last = "";
  const say: Say = (text) => {
    if (text !== last) process.stdout.write(`   ${text}\n`);
    last = text;
  };
  process.stdout.write(`== ${name}\n`);
  const timer = setInterval(() => say(`still at it after ${seconds()}, waiting for ${waitsFor}`), STILL_MS);
  try {
    const result = await run(say);
    process.stdout.write(`== ${name}: ${seconds()}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`== ${name}: failed after ${seconds()}\n`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
