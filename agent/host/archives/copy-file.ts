import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

import { type Cancellation, HostError } from "@freehold/agent-ports";
import { cloneFile } from "@freehold/native";

import { errnoOf } from "../host-failure.ts";

/** A loop device ends at a multiple of 512 bytes; with this many behind the last entry every image in the file can be mounted. */
const PADDING = Buffer.alloc(4096);

/** Makes a copy that shares its data with the original where the filesystem can, and is on disk when this returns. */
export async function copyFile(
  source: string,
  target: string,
  cancellation: Cancellation,
  onProgress: (done: number) => void,
): Promise<void> {
  if (!(await sharedCopy(source, target))) await streamedCopy(source, target, cancellation, onProgress);
}

/** Adds bytes that no entry covers. */
export async function pad(path: string): Promise<void> {
  await using file = await open(path, "a");
  await file.write(PADDING);
  await file.sync();
}

async function sharedCopy(source: string, target: string): Promise<boolean> {
  await using from = await open(source, "r");
  await using to = await open(target, "w", 0o600);
  try {
    await cloneFile(from.fd, to.fd);
    return true;
  } catch (error) {
    if (["EOPNOTSUPP", "EXDEV", "EINVAL", "ENOTTY"].includes(errnoOf(error) ?? "")) return false;
    throw error;
  }
}

async function streamedCopy(
  source: string,
  target: string,
  cancellation: Cancellation,
  onProgress: (done: number) => void,
): Promise<void> {
  const reading = createReadStream(source, { highWaterMark: 1 << 20 });
  const cancel = (): void => void reading.destroy(cancelled(source));
  cancellation.addEventListener("abort", cancel);
  try {
    if (cancellation.aborted) cancel();
    reading.on("data", () => onProgress(reading.bytesRead));
    await pipeline(reading, createWriteStream(target, { mode: 0o600 }));
  } finally {
    cancellation.removeEventListener("abort", cancel);
  }
}

function cancelled(path: string): HostError {
  return new HostError("interrupted", `Cannot copy "${path}": cancelled`);
}
