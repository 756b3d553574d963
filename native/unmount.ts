import { declare } from "./declare.ts";

export const MNT_DETACH = 2;
export const UMOUNT_NOFOLLOW = 8;

const umount2 = declare("umount2", ["str", "int"]);

/** umount2(2). Writing back a dirty filesystem takes its time, so this never runs on the event loop. */
export async function unmount(target: string, flags: number): Promise<void> {
  await umount2.later(target, flags);
}
