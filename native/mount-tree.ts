import { declareSyscall } from "./declare.ts";

/** Linux uapi/linux/mount.h and fcntl.h. */
export const AT_FDCWD = -100;
export const AT_EMPTY_PATH = 0x1000;
export const AT_RECURSIVE = 0x8000;
export const OPEN_TREE_CLONE = 1;
export const OPEN_TREE_CLOEXEC = 0o2000000;
export const MOVE_MOUNT_F_EMPTY_PATH = 4;
export const MOUNT_ATTR_RDONLY = 1;
export const MOUNT_ATTR_NOSUID = 2;
export const MOUNT_ATTR_NODEV = 4;
export const MOUNT_ATTR_NOEXEC = 8;
export const MOUNT_ATTR_IDMAP = 0x100000;
export const MS_PRIVATE = 1 << 18;
export const MS_SLAVE = 1 << 19;
export const MS_SHARED = 1 << 20;

/** struct mount_attr, mount_setattr(2). */
export interface MountAttributes {
  readonly set?: number;
  readonly clear?: number;
  readonly propagation?: number;
  readonly userNamespace?: number;
}

const openTreeCall = declareSyscall("open_tree", 428, ["int", "str", "uint"]);
const moveMountCall = declareSyscall("move_mount", 429, ["int", "str", "int", "str", "uint"]);
const mountSetattrCall = declareSyscall("mount_setattr", 442, ["int", "str", "uint", "void *", "size_t"]);
const openTreeAttrCall = declareSyscall("open_tree_attr", 467, ["int", "str", "uint", "void *", "size_t"]);

/** Linux 5.2, open_tree(2). Answers a descriptor the caller closes. */
export function openTree(directory: number, path: string, flags: number): number {
  return openTreeCall.now(directory, path, flags);
}

/** Linux 6.15: a clone whose attributes are set before anybody can see it, also of mounts that are idmapped already. */
export function openTreeAttr(
  directory: number,
  path: string,
  flags: number,
  attributes: MountAttributes,
): number {
  const buffer = encode(attributes);
  return openTreeAttrCall.now(directory, path, flags, buffer, buffer.length);
}

/** Linux 5.2, move_mount(2): attaches the mount behind the descriptor. */
export function moveMount(mount: number, target: string): void {
  moveMountCall.now(mount, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH);
}

/** Linux 5.12, mount_setattr(2). */
export function mountSetattr(
  directory: number,
  path: string,
  flags: number,
  attributes: MountAttributes,
): void {
  const buffer = encode(attributes);
  mountSetattrCall.now(directory, path, flags, buffer, buffer.length);
}

function encode(attributes: MountAttributes): Buffer {
  const buffer = Buffer.alloc(32);
  buffer.writeBigUInt64LE(BigInt(attributes.set ?? 0), 0);
  buffer.writeBigUInt64LE(BigInt(attributes.clear ?? 0), 8);
  buffer.writeBigUInt64LE(BigInt(attributes.propagation ?? 0), 16);
  buffer.writeBigUInt64LE(BigInt(attributes.userNamespace ?? 0), 24);
  return buffer;
}
