import { readFile } from "node:fs/promises";

import { errnoOf } from "../host-failure.ts";
import { type MountLine, parseMountLines } from "./mount-lines.ts";

/** The source of an overlay names its lower layers by a digest and then its upper, see mountOverlay. */
const overlaySource = /^[0-9a-f]{16}:(\/.*)$/;

export async function readMountLines(): Promise<readonly MountLine[]> {
  return parseMountLines(await readFile("/proc/self/mountinfo", "utf8"));
}

/** The same with a source that says where the data is: the image's file and not its loop device, the overlay's upper directory. */
export async function withReadableSource(line: MountLine): Promise<MountLine> {
  if (line.type === "overlay")
    return { ...line, source: overlaySource.exec(line.source)?.[1] ?? line.source };
  const loop = /^\/dev\/(loop\d+)$/.exec(line.source)?.[1];
  const file = loop && (await readLoopFact(loop, "backing_file"));
  return file ? { ...line, source: file } : line;
}

/** Facts of a loop device in sysfs: backing_file, offset, sizelimit. Undefined when the device is unbound. */
export async function readLoopFact(loop: string, fact: string): Promise<string | undefined> {
  try {
    return (await readFile(`/sys/block/${loop}/loop/${fact}`, "utf8")).trim();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
