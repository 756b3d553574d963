import type { Cancellation } from "./cancellation.ts";

export interface Directory {
  readonly ownerUid: number;
  readonly ownerGid: number;
  /** Permission bits, 0o755. */
  readonly mode: number;
}

/** One line of mountinfo (proc_pid_mountinfo(5)), in the namespace of the agent. */
export interface MountPoint {
  readonly target: string;
  /** Filesystem type: `squashfs`, `overlay`, `ext4`. */
  readonly type: string;
  /** Path within the filesystem that is the root of this mount: for a bind, the bound directory. */
  readonly root: string;
  /** The file of an image (also where a loop device is between), the upper directory of an overlay, else the device. */
  readonly source: string;
  readonly readOnly: boolean;
  readonly propagation: "private" | "shared" | "slave" | "shared-slave" | "unbindable";
}

/** On-disk id 0 … `count`-1 appears as `base` … in the mount (mount_setattr(2), MOUNT_ATTR_IDMAP). */
export interface IdMap {
  readonly base: number;
  readonly count: number;
}

/** A filesystem image in a file, or in a part of one (a squashfs inside an archive). */
export interface ImageSource {
  readonly path: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Length in bytes. */
  readonly size: number;
}

export interface OverlayDefinition {
  readonly target: string;
  /** A mounted image; never written. Its on-disk ids are shifted by `idMap`. */
  readonly lower: string;
  readonly idMap: IdMap;
  /** Directory that takes the writes; made and owned by `idMap.base` when missing. */
  readonly upper: string;
  /** Empty directory on the same filesystem as `upper`. */
  readonly work: string;
}

export interface BindDefinition {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly idMap?: IdMap;
  /** Mounts below the source come along. */
  readonly recursive?: boolean;
  readonly propagation?: "shared" | "slave" | "private";
}

/**
 * Directories and mounts. All paths are absolute and normal. Every call is idempotent: what is already so is left, and a call
 * that was interrupted may be repeated. Errors are HostError.
 */
export interface MountHost {
  directory(path: string): Promise<Directory | undefined>;
  /** Parents are made too. An existing directory is left as it is. */
  makeDirectory(path: string, mode?: number): Promise<void>;
  setOwnership(path: string, owner: Directory): Promise<void>;
  /** Renames data into `trash` (a folder of the same filesystem) before it is removed, and refuses (`busy`) while anything is mounted at or below it. */
  removeTree(path: string, trash: string): Promise<void>;
  /** Names in a directory, sorted; empty when it does not exist. */
  list(path: string): Promise<readonly string[]>;
  /** A small file's text. */
  readText(path: string): Promise<string | undefined>;
  /**
   * Replaces a small file atomically (temporary file, fsync, rename, fsync of the folder). `volatile` waits for no disk: after a
   * power loss the file may be older or empty, so its reader must check what it reads.
   */
  writeText(
    path: string,
    text: string,
    mode?: number,
    options?: { readonly volatile?: boolean },
  ): Promise<void>;
  removeFile(path: string): Promise<void>;
  /** Mounts at or below the path, parents first. Of stacked mounts only the topmost is given. */
  mountsBelow(path: string): Promise<readonly MountPoint[]>;
  /** Mounts a squashfs or erofs image read-only, nosuid, nodev. The target is made when missing. */
  mountImage(image: ImageSource, target: string): Promise<void>;
  mountOverlay(overlay: OverlayDefinition): Promise<void>;
  bind(bind: BindDefinition): Promise<void>;
  setPropagation(target: string, propagation: "shared" | "slave" | "private"): Promise<void>;
  /** Removes all mounts at the target (stacked ones too). No mount there is no error. `lazy` detaches even when busy. */
  unmount(target: string, options?: { readonly lazy?: boolean }): Promise<void>;
  /** Says "look again" whenever the mount table changed; coalesced. Ends when cancelled. */
  changes(cancellation: Cancellation): AsyncIterable<void>;
}
