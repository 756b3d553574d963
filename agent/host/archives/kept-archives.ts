import { link, mkdir, readdir, rename, rm, stat } from "node:fs/promises";

import { errnoOf } from "../host-failure.ts";

/** Most bytes of archives kept although nothing uses them. */
const MOST_BYTES = 2 * 1024 ** 3;

/**
 * Verified archives that were removed, by root hash: what is installed again, or taken back, need not be copied and verified
 * again. The oldest go when there are too many bytes.
 */
export class KeptArchives {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Gives the archive a name, if it is kept. */
  async take(rootHash: string, path: string): Promise<boolean> {
    const partial = `${path}.${process.pid}.partial`;
    try {
      await rm(partial, { force: true });
      await link(this.#pathOf(rootHash), partial);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return false;
      throw error;
    }
    await rename(partial, path);
    return true;
  }

  async has(rootHash: string): Promise<boolean> {
    const found = await stat(this.#pathOf(rootHash)).catch((error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw error;
    });
    return found !== undefined;
  }

  /** Keeps a verified archive that is about to lose its name. */
  async put(path: string, rootHash: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await rename(path, this.#pathOf(rootHash));
    await this.#trim();
  }

  #pathOf(rootHash: string): string {
    return `${this.#folder}/${rootHash}.s9pk`;
  }

  async #trim(): Promise<void> {
    const names = await readdir(this.#folder);
    const files = await Promise.all(
      names.map(async (name) => {
        const path = `${this.#folder}/${name}`;
        const { size, ctimeMs } = await stat(path);
        return { path, size, ctimeMs };
      }),
    );
    let bytes = 0;
    for (const { path, size } of files.toSorted((a, b) => b.ctimeMs - a.ctimeMs)) {
      bytes += size;
      if (bytes > MOST_BYTES) await rm(path, { force: true });
    }
  }
}
