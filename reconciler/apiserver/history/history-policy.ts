import { readHistoryKey } from "./history-keys.ts";

/** What is kept of the past. */
export interface HistoryPolicy {
  /** Milliseconds a change is kept. */
  readonly keepMs: number;
  /** Changes kept of one object. */
  readonly perObject: number;
  /** Bytes of all changes together. */
  readonly totalBytes: number;
}

export const DEFAULT_POLICY: HistoryPolicy = {
  keepMs: 90 * 24 * 3600 * 1000,
  perObject: 100,
  totalBytes: 16 * 1024 * 1024,
};

export interface Kept {
  readonly key: string;
  readonly bytes: number;
}

/** Keys to give up, oldest first. */
export function outdatedKeys(
  kept: readonly Kept[],
  { keepMs, perObject, totalBytes }: HistoryPolicy,
  now: number,
): readonly string[] {
  const read = kept
    .map(({ key, bytes }) => ({ key, bytes, ...readHistoryKey(key) }))
    .toSorted((a, b) => b.time - a.time);
  const counts = new Map<string, number>();
  const outdated: string[] = [];
  let total = 0;
  for (const { key, bytes, object, time } of read) {
    const count = (counts.get(object) ?? 0) + 1;
    if (count > perObject || time < now - keepMs || total + bytes > totalBytes) {
      outdated.push(key);
      continue;
    }
    counts.set(object, count);
    total += bytes;
  }
  return outdated.toReversed();
}
