import { declareSyscall } from "./declare.ts";

const O_RDONLY_DIRECTORY = 0o200000 | 0o400000 | 0o2000000;
const RESOLVE_NO_XDEV = 1;
const RESOLVE_NO_MAGICLINKS = 2;
const RESOLVE_NO_SYMLINKS = 4;
const RESOLVE_BENEATH = 8;

const openat2 = declareSyscall("openat2", 437, ["int", "str", "void *", "size_t"]);

/**
 * Opens a directory below another without following links or crossing mounts (openat2(2), Linux 5.6). Throws NativeError EXDEV at a
 * mount point, ELOOP at a link, ENOTDIR at anything else. The caller closes the descriptor.
 */
export function openDirectoryBeneath(directory: number, name: string): number {
  const how = Buffer.alloc(24);
  how.writeBigUInt64LE(BigInt(O_RDONLY_DIRECTORY), 0);
  how.writeBigUInt64LE(
    BigInt(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH),
    16,
  );
  return openat2.now(directory, name, how, how.length);
}
