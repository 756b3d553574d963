/** Both streams as one: whatever comes first. Ends when either ends or the signal aborts; a failure of either is a failure. */
export async function* either(
  one: AsyncIterable<void>,
  other: AsyncIterable<void>,
  signal: AbortSignal,
): AsyncGenerator<void> {
  const streams = [one[Symbol.asyncIterator](), other[Symbol.asyncIterator]()];
  const next = (i: number): Promise<{ i: number; done: boolean }> => {
    const stream = streams[i];
    if (!stream) return Promise.resolve({ i, done: true });
    return stream.next().then(({ done }) => ({ i, done: done === true }));
  };
  const waiting = streams.map((_, i) => next(i));
  while (!signal.aborted) {
    const { i, done } = await Promise.race(waiting);
    if (done) return;
    waiting[i] = next(i);
    yield;
  }
}
