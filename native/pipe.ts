import { declare } from "./declare.ts";

const O_CLOEXEC = 0o2000000;
const pipe2 = declare("pipe2", ["void *", "int"]);

/** Both ends of a pipe as descriptors, which no child inherits by itself; the caller closes them. pipe2(2). Throws NativeError. */
export function makePipe(): { readonly reading: number; readonly writing: number } {
  const ends = Buffer.alloc(8);
  pipe2.now(ends, O_CLOEXEC);
  return { reading: ends.readInt32LE(0), writing: ends.readInt32LE(4) };
}
