export { cloneFile } from "./reflink.ts";
export { createMount, type FilesystemOption } from "./filesystem-context.ts";
export { attachLoop, type LoopDevice } from "./loop-device.ts";
export { onMountChange } from "./mount-table.ts";
export {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_RECURSIVE,
  MOUNT_ATTR_IDMAP,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  type MountAttributes,
  mountSetattr,
  moveMount,
  MS_PRIVATE,
  MS_SHARED,
  MS_SLAVE,
  OPEN_TREE_CLOEXEC,
  OPEN_TREE_CLONE,
  openTree,
  openTreeAttr,
} from "./mount-tree.ts";
export { NativeError } from "./native-error.ts";
export { Nftables, nftablesError, onNftablesChange } from "./nftables.ts";
export { openDirectoryBeneath } from "./open-beneath.ts";
export { makePipe } from "./pipe.ts";
export { type ProcessEnd, ProcessHandle } from "./process-handle.ts";
export { type Link, type LinkAddress, onRouteChange, RouteSocket } from "./route-socket.ts";
export { type ChildProcess, type ChildStream, spawn, type SpawnCall } from "./spawn.ts";
export { MNT_DETACH, unmount, UMOUNT_NOFOLLOW } from "./unmount.ts";
export { userNamespace } from "./user-namespace.ts";
