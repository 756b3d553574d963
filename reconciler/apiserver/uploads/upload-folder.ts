import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs, utimes } from "node:fs/promises";

/** What lies in the folder for one root hash. */
export interface StoredUpload {
  /** 64 hexadecimal digits. */
  readonly rootHash: string;
  /** Bytes it has when it is whole. */
  readonly size: number;
  /** Bytes that are there. */
  readonly received: number;
  /** Every byte was found right. */
  readonly verified: boolean;
  readonly path: string;
  /** When bytes last came, in milliseconds since the epoch. */
  readonly changedAt: number;
}

const UNFINISHED = /^([0-9a-f]{64})\.(\d{1,15})\.part$/;
const VERIFIED = /^([0-9a-f]{64})\.s9pk$/;

/**
 * One file per upload, whose name says what it is to become: `<root hash>.<size>.part`, then `<root hash>.s9pk`. How far it has come
 * is the file's length, so that a process that was killed need not have written anything down.
 */
export class UploadFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async list(): Promise<readonly StoredUpload[]> {
    const names = await readdir(this.#path).catch(emptyWhenMissing);
    const found = await Promise.all(names.map((name) => this.#look(name)));
    return found.filter((upload) => upload !== undefined);
  }

  async find(rootHash: string): Promise<StoredUpload | undefined> {
    const all = (await this.list()).filter((upload) => upload.rootHash === rootHash);
    return all.find(({ verified }) => verified) ?? all[0];
  }

  /** An empty one, where there is none. */
  async create(rootHash: string, size: number): Promise<void> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 });
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
    const file = await open(`${this.#path}/${rootHash}.${size}.part`, flags, 0o600);
    await file.close();
  }

  /** For writing behind what is there. */
  openEnd({ path }: StoredUpload): Promise<FileHandle> {
    return open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
  }

  openStart({ path }: StoredUpload): Promise<FileHandle> {
    return open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  }

  /** Gives a verified one its name, on disk when this returns. Its time to stay begins now. */
  async keep({ path, rootHash }: StoredUpload): Promise<void> {
    const now = new Date();
    await utimes(path, now, now);
    await rename(path, `${this.#path}/${rootHash}.s9pk`);
    await using folder = await open(this.#path, "r");
    await folder.sync();
  }

  async remove({ path }: StoredUpload): Promise<void> {
    await rm(path, { force: true });
  }

  /** Bytes an unprivileged process may still write. */
  async freeBytes(): Promise<number> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.#path);
    return bavail * bsize;
  }

  async #look(name: string): Promise<StoredUpload | undefined> {
    const [, whole] = VERIFIED.exec(name) ?? [];
    const [, part, declared] = UNFINISHED.exec(name) ?? [];
    const rootHash = whole ?? part;
    if (rootHash === undefined) return undefined;
    const path = `${this.#path}/${name}`;
    const found = await stat(path).catch(undefinedWhenMissing);
    if (!found) return undefined;
    const { size: received, mtimeMs: changedAt } = found;
    const size = whole === undefined ? Number(declared) : received;
    return { rootHash, size, received, verified: whole !== undefined, path, changedAt };
  }
}

function emptyWhenMissing(error: unknown): readonly string[] {
  return undefinedWhenMissing(error) ?? [];
}

/** It was renamed or removed since the folder was read, or was never made. */
function undefinedWhenMissing(error: unknown): undefined {
  if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return undefined;
  throw error;
}
