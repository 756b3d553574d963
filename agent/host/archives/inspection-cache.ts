import { type BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";

import type { ArchiveState } from "@freehold/agent-ports";

import { inspectArchive } from "./inspect-archive.ts";

/** Archives there are at most on a machine, by a wide margin. */
const MOST = 500;

/**
 * What archive files hold, as long as the same file with the same times is there. Parsing and verifying one takes milliseconds, and
 * it is asked for at every look at the machine.
 */
export class InspectionCache {
  readonly #known = new Map<string, { readonly stamp: string; readonly state: ArchiveState }>();

  /** Throws what stat(2) and inspectArchive throw. */
  async inspect(path: string): Promise<ArchiveState> {
    const stamp = stampOf(await stat(path, { bigint: true }));
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.state;
    const state = await inspectArchive(path);
    this.#remember(path, stamp, state);
    return state;
  }

  forget(path: string): void {
    this.#known.delete(path);
  }

  #remember(path: string, stamp: string, state: ArchiveState): void {
    this.#known.delete(path);
    this.#known.set(path, { stamp, state });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
  }
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}
