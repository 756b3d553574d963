import { constants, type Stats } from "node:fs";
import { lstat, mkdir, open, readdir, readFile, rm, stat, unlink } from "node:fs/promises";
import { dirname, normalize } from "node:path";

import {
  type BindDefinition,
  type Cancellation,
  type Directory,
  HostError,
  type ImageSource,
  type MountHost,
  type MountPoint,
  type OverlayDefinition,
} from "@freehold/agent-ports";
import {
  AT_FDCWD,
  MNT_DETACH,
  mountSetattr,
  onMountChange,
  unmount,
  UMOUNT_NOFOLLOW,
} from "@freehold/native";

import { attempt, errnoOf } from "../host-failure.ts";
import { lookAgain } from "../look-again.ts";
import { adjustBind, bindMount, propagations, showsBind } from "./bind-mount.ts";
import { copyOf } from "./copy-tree.ts";
import { mountImage, showsImage } from "./mount-image.ts";
import { linesBelow, type MountLine } from "./mount-lines.ts";
import { mountOverlay, overlaySourceOf } from "./mount-overlay.ts";
import { readMountLines, withReadableSource } from "./mount-table.ts";
import { removeTree } from "./remove-tree.ts";
import { writeText, writeVolatileText } from "./write-text.ts";

/** MountHost by the mount API of Linux 5.2 and later, with the shortest way the kernel knows and older ones where it does not. */
export class LinuxMountHost implements MountHost {
  async directory(path: string): Promise<Directory | undefined> {
    return attempt("read", checked(path), async () => {
      const found = await absentAs(lstat(path), undefined);
      if (!found?.isDirectory()) return undefined;
      return { ownerUid: found.uid, ownerGid: found.gid, mode: found.mode & 0o7777 };
    });
  }

  async makeDirectory(path: string, mode = 0o755): Promise<void> {
    await attempt("make directory", checked(path), async () => {
      if ((await absentAs(lstat(path), undefined))?.isDirectory()) return;
      // Mostly the parent is there: then this is one call.
      if (
        (await absentAs(
          mkdir(path, { mode }).then(() => "made"),
          undefined,
        )) === undefined
      ) {
        await mkdir(dirname(path), { recursive: true });
        await mkdir(path, { mode });
      }
      if ((mode & process.umask()) !== 0) await withOpened(path, (file) => file.chmod(mode));
    });
  }

  async setOwnership(path: string, owner: Directory): Promise<void> {
    await attempt("set the owner of", checked(path), () =>
      withOpened(path, async (file) => {
        await file.chown(owner.ownerUid, owner.ownerGid);
        // Second: a change of owner takes the set-id bits away.
        await file.chmod(owner.mode);
      }),
    );
  }

  async removeTree(path: string, trash: string): Promise<void> {
    await attempt("remove", checked(path), () => removeTree(path, checked(trash)));
  }

  async list(path: string): Promise<readonly string[]> {
    return attempt("list", checked(path), async () => {
      const names: readonly string[] = await absentAs(readdir(path), []);
      return names.toSorted();
    });
  }

  async readText(path: string): Promise<string | undefined> {
    return attempt("read", checked(path), () => absentAs(readFile(path, "utf8"), undefined));
  }

  async writeText(
    path: string,
    text: string,
    mode = 0o644,
    { volatile = false }: { readonly volatile?: boolean } = {},
  ): Promise<void> {
    const write = volatile ? writeVolatileText : writeText;
    await attempt("write", checked(path), () => write(path, text, mode));
  }

  async removeFile(path: string): Promise<void> {
    await attempt("remove", checked(path), () => absentAs(unlink(path), undefined));
  }

  async mountsBelow(path: string): Promise<readonly MountPoint[]> {
    return attempt("read the mounts below", checked(path), async () => {
      const lines = linesBelow(await readMountLines(), path);
      return (await Promise.all(lines.map(withReadableSource))).map(mountPointOf);
    });
  }

  async mountImage(image: ImageSource, target: string): Promise<void> {
    checked(image.path);
    await attempt("mount", checked(target), async () => {
      await stat(image.path);
      await this.makeDirectory(target);
      await mountOnce(
        target,
        (line) => showsImage(line, image),
        () => mountImage(image, target),
      );
    });
  }

  async mountOverlay(overlay: OverlayDefinition): Promise<void> {
    for (const path of [overlay.lower, overlay.upper, overlay.work]) checked(path);
    await attempt("mount", checked(overlay.target), async () => {
      await stat(overlay.lower);
      await this.makeDirectory(overlay.target);
      const source = overlaySourceOf(overlay);
      const isSame = (line: MountLine): boolean => line.type === "overlay" && line.source === source;
      await mountOnce(overlay.target, isSame, () => mountOverlay(overlay));
    });
  }

  async bind(bind: BindDefinition): Promise<void> {
    checked(bind.source);
    await attempt("bind", checked(bind.target), async () => {
      await this.#makeMountPoint(bind.target, await stat(bind.source));
      const isSame = async (line: MountLine): Promise<boolean> => {
        const same = await showsBind(await readMountLines(), line, bind);
        if (same) adjustBind(bind);
        return same;
      };
      await mountOnce(bind.target, isSame, () => bindMount(bind));
    });
  }

  async setPropagation(target: string, propagation: "shared" | "slave" | "private"): Promise<void> {
    await attempt("set the propagation of", checked(target), async () => {
      if (!(await topmostAt(target))) throw notMounted(target);
      mountSetattr(AT_FDCWD, target, 0, { propagation: propagations[propagation] });
    });
  }

  async unmount(target: string, options: { readonly lazy?: boolean } = {}): Promise<void> {
    const flags = UMOUNT_NOFOLLOW | (options.lazy ? MNT_DETACH : 0);
    await attempt("unmount", checked(target), async () => {
      while (await topmostAt(target)) await unmount(target, flags);
      await rm(copyOf(target), { recursive: true, force: true });
    });
  }

  changes(cancellation: Cancellation): AsyncIterable<void> {
    return lookAgain(cancellation, onMountChange);
  }

  /** A file is bound over a file. */
  async #makeMountPoint(target: string, source: Stats): Promise<void> {
    if (source.isDirectory()) return this.makeDirectory(target);
    await mkdir(dirname(target), { recursive: true });
    const file = await open(target, constants.O_CREAT | constants.O_RDONLY | constants.O_NOFOLLOW);
    await file.close();
  }
}

/** Mounts unless the wanted mount is there; another one in its place is an error. */
async function mountOnce(
  target: string,
  isSame: (line: MountLine) => Promise<boolean> | boolean,
  mount: () => Promise<void>,
): Promise<void> {
  const line = await topmostAt(target);
  if (!line) return mount();
  if (await isSame(line)) return;
  const { source } = await withReadableSource(line);
  throw new HostError("exists", `Cannot mount "${target}": ${line.type} of "${source}" is mounted there`);
}

async function topmostAt(target: string): Promise<MountLine | undefined> {
  const [line] = linesBelow(await readMountLines(), target);
  return line?.target === target ? line : undefined;
}

function mountPointOf({ target, type, root, source, readOnly, propagation }: MountLine): MountPoint {
  return { target, type, root, source, readOnly, propagation };
}

async function withOpened(
  path: string,
  work: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  await work(file);
}

async function absentAs<T, D>(found: Promise<T>, absent: D): Promise<T | D> {
  try {
    return await found;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return absent;
    throw error;
  }
}

function checked(path: string): string {
  if (path.startsWith("/") && !path.includes("\0") && normalize(path) === path && !/.\/$/.test(path))
    return path;
  throw new HostError("invalid", `Cannot use "${path}": not an absolute normal path`);
}

function notMounted(target: string): HostError {
  return new HostError("missing", `Cannot change the mount at "${target}": nothing is mounted there`);
}
