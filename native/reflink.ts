import { declare } from "./declare.ts";

const FICLONE = 0x40049409;

const ioctl = declare("ioctl", ["int", "ulong", "int"]);

/** Makes the target share all data of the source (ioctl_ficlone(2)). NativeError EOPNOTSUPP or EXDEV when it cannot. */
export async function cloneFile(source: number, target: number): Promise<void> {
  await ioctl.later(target, FICLONE, source);
}
