import { closeSync, readSync } from "node:fs";

import { declareSyscall } from "./declare.ts";
import { NativeError } from "./native-error.ts";

const SET_FLAG = 0;
const SET_STRING = 1;
const SET_FD = 5;
const CREATE = 6;
const CLOEXEC = 1;

const fsopen = declareSyscall("fsopen", 430, ["str", "uint"]);
const fsconfig = declareSyscall("fsconfig", 431, ["int", "uint", "str", "str", "int"]);
const fsmount = declareSyscall("fsmount", 432, ["int", "uint", "uint"]);

/** Text, descriptor or (null) a flag without value. Text is at most 255 bytes (fsconfig(2)). */
export type FilesystemOption = readonly [name: string, value: string | number | null];

/**
 * A new, detached mount of a filesystem (fsopen(2), fsconfig(2), fsmount(2); Linux 5.2). Answers its descriptor; attach it with
 * `moveMount`. The error carries what the filesystem wrote to its log.
 */
export async function createMount(
  type: string,
  options: readonly FilesystemOption[],
  attributes: number,
): Promise<number> {
  const context = fsopen.now(type, CLOEXEC);
  try {
    for (const [name, value] of options) configure(context, name, value);
    await fsconfig.later(context, CREATE, null, null, 0);
    return fsmount.now(context, CLOEXEC, attributes);
  } catch (error) {
    if (!(error instanceof NativeError)) throw error;
    throw new NativeError(`${error.syscall} ${type}`, error.errno, readLog(context));
  } finally {
    closeSync(context);
  }
}

function configure(context: number, name: string, value: string | number | null): void {
  if (value === null) fsconfig.now(context, SET_FLAG, name, null, 0);
  else if (typeof value === "number") fsconfig.now(context, SET_FD, name, null, value);
  else fsconfig.now(context, SET_STRING, name, value, 0);
}

function readLog(context: number): string {
  const lines: string[] = [];
  const buffer = Buffer.alloc(4096);
  for (let line = 0; line < 16; line++) {
    try {
      const length = readSync(context, buffer, 0, buffer.length, null);
      lines.push(buffer.toString("utf8", 0, length).trim());
    } catch {
      // ENODATA ends the log; a failed read of an explanation must not hide what it would explain.
      break;
    }
  }
  return lines.join("; ");
}
