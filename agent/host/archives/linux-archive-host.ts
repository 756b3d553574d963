import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";

import { type ArchiveHost, type ArchiveState, HostError, isHostError } from "@freehold/agent-ports";

import { attempt, errnoOf } from "../host-failure.ts";
import { copyFile, pad } from "./copy-file.ts";
import { fetchArchive } from "./fetch-archive.ts";
import { inspectArchive, readEntries } from "./inspect-archive.ts";
import { InspectionCache } from "./inspection-cache.ts";
import { KeptArchives } from "./kept-archives.ts";
import { verifyInWorker } from "./verify-in-worker.ts";

const SUFFIX = ".s9pk";
const PARTIAL = ".partial";
const FETCHING = ".fetching";
/** `a.s9pk`, and `a.s9pk.<root hash>.fetching`. */
const NAME = /^(.+?)\.s9pk(?:\.[0-9a-f]+\.fetching)?$/;

/** ArchiveHost as one file per name in a folder. A file that has its name there was verified before it got it. */
export class LinuxArchiveHost implements ArchiveHost {
  readonly #folder: string;
  readonly #kept: KeptArchives;
  readonly #inspections = new InspectionCache();
  #swept: Promise<void> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#kept = new KeptArchives(`${folder}/kept`);
  }

  async archive(name: string): Promise<ArchiveState | undefined> {
    const path = this.#pathOf(name);
    this.#swept ??= this.#sweep();
    return attempt("read archive", name, async () => {
      await this.#swept;
      try {
        return await this.#inspections.inspect(path);
      } catch (error) {
        if (errnoOf(error) === "ENOENT") return undefined;
        throw error;
      }
    });
  }

  async inspect(path: string): Promise<ArchiveState> {
    return attempt("read archive", path, () => inspectArchive(path));
  }

  async importFile(
    name: string,
    file: string,
    options: Parameters<ArchiveHost["importFile"]>[2],
  ): Promise<ArchiveState> {
    const path = this.#pathOf(name);
    return attempt("import archive", file, async () => {
      const found = await stat(file);
      // Opening a pipe waits for a writer, and every wait takes one of the few threads that all files share.
      if (!found.isFile()) {
        throw new HostError("invalid", `Cannot import archive "${file}": it is no regular file`);
      }
      const { size } = found;
      const inspected = await this.#inspections.inspect(file);
      const { rootHash } = inspected;
      refuseOther(file, rootHash, options.rootHash);
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      if (await this.#kept.take(rootHash, path)) return this.#inspections.inspect(path);
      const partial = `${path}.${randomBytes(6).toString("hex")}${PARTIAL}`;
      try {
        await copyFile(file, partial, options.cancellation, (done) => options.onProgress(done, size * 2));
        await verifyInWorker(partial, options.cancellation, (done) =>
          options.onProgress(size + done, size * 2),
        );
        // The copy, not the original, which somebody may have changed since.
        refuseOther(file, (await inspectArchive(partial)).rootHash, options.rootHash);
        await pad(partial);
        await rename(partial, path);
      } finally {
        await rm(partial, { force: true });
      }
      await using folder = await open(this.#folder, "r");
      await folder.sync();
      options.onProgress(size * 2, size * 2);
      return this.#inspections.inspect(path);
    });
  }

  async hasKept(rootHash: string): Promise<boolean> {
    return attempt("look for archive", rootHash, () => this.#kept.has(rootHash));
  }

  async importFrom(
    name: string,
    rootHash: string,
    { origin, cancellation, onProgress }: Parameters<ArchiveHost["importFrom"]>[2],
  ): Promise<ArchiveState> {
    const path = this.#pathOf(name);
    return attempt("import archive", rootHash, async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      if (await this.#kept.take(rootHash, path)) return this.#inspections.inspect(path);
      const fetched = `${path}.${rootHash}${FETCHING}`;
      const onBytes = (done: number, total: number): void => onProgress("fetch", done, total);
      await fetchArchive(fetched, rootHash, { origin, cancellation, onBytes });
      try {
        await verifyInWorker(fetched, cancellation, (done, total) => onProgress("verify", done, total));
        refuseOther(fetched, (await inspectArchive(fetched)).rootHash, rootHash);
      } catch (error) {
        // Wrong bytes do not become right by adding more.
        if (isHostError(error, "invalid")) await rm(fetched, { force: true });
        throw error;
      }
      await pad(fetched);
      await rename(fetched, path);
      await using folder = await open(this.#folder, "r");
      await folder.sync();
      return this.#inspections.inspect(path);
    });
  }

  async isBegun(name: string): Promise<boolean> {
    return attempt("look for archive", name, async () => (await this.#begunOf(name)).length > 0);
  }

  async read(name: string, entries: readonly string[]): Promise<readonly Uint8Array[]> {
    const path = this.#pathOf(name);
    return attempt("read archive", name, () => readEntries(path, entries));
  }

  async names(): Promise<readonly string[]> {
    return attempt("list archives in", this.#folder, async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const names = (await readdir(this.#folder)).flatMap((file) => NAME.exec(file)?.[1] ?? []);
      return [...new Set(names)].toSorted();
    });
  }

  async remove(name: string): Promise<void> {
    const path = this.#pathOf(name);
    await attempt("remove archive", name, async () => {
      const state = await this.archive(name);
      if (state) await this.#kept.put(path, state.rootHash);
      await rm(path, { force: true });
      for (const begun of await this.#begunOf(name)) await rm(begun, { force: true });
      this.#inspections.forget(path);
    });
  }

  async #begunOf(name: string): Promise<readonly string[]> {
    const path = this.#pathOf(name);
    const files = await readdir(this.#folder).catch(() => []);
    return files
      .map((file) => `${this.#folder}/${file}`)
      .filter((file) => file.startsWith(`${path}.`) && file.endsWith(FETCHING));
  }

  /** Removes what imports left that were killed: copies from before this process began. */
  async #sweep(): Promise<void> {
    const began = Date.now() - process.uptime() * 1000;
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((found) => found.endsWith(PARTIAL))) {
      const path = `${this.#folder}/${name}`;
      if ((await stat(path)).mtimeMs < began) await rm(path, { force: true });
    }
  }

  #pathOf(name: string): string {
    if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)) return `${this.#folder}/${name}${SUFFIX}`;
    throw new HostError("invalid", `Cannot use archive "${name}": not letters, digits, ".", "_" and "-"`);
  }
}

function refuseOther(file: string, found: string, wanted: string | undefined): void {
  if (wanted === undefined || found === wanted) return;
  throw new HostError(
    "invalid",
    `Cannot import archive "${file}": its root hash is ${found}, wanted ${wanted}`,
  );
}
