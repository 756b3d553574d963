import { closeSync, openSync } from "node:fs";

import { declare } from "./declare.ts";
import { NativeError } from "./native-error.ts";

const LOOP_CTL_GET_FREE = 0x4c82;
const LOOP_CONFIGURE = 0x4c0a;
const LO_FLAGS_READ_ONLY = 1;
const LO_FLAGS_AUTOCLEAR = 4;
const EBUSY = 16;

const ioctlNumber = declare("ioctl", ["int", "ulong", "long"]);
const ioctlBuffer = declare("ioctl", ["int", "ulong", "void *"]);

export interface LoopDevice {
  readonly path: string;
  /** Keeps the device alive until something is mounted from it: it clears itself with its last user. */
  readonly descriptor: number;
}

/**
 * A read-only loop device over a part of a file (loop(4), LOOP_CONFIGURE: Linux 5.8). Offset and size are bytes and need no
 * alignment. The caller closes the descriptor once it has mounted the device.
 */
export function attachLoop(file: string, offset: number, size: number): LoopDevice {
  const backing = openSync(file, "r");
  try {
    const control = openSync("/dev/loop-control", "r+");
    try {
      return attachFree(control, configuration(backing, offset, size));
    } finally {
      closeSync(control);
    }
  } finally {
    closeSync(backing);
  }
}

function attachFree(control: number, config: Buffer): LoopDevice {
  // Somebody else may take the free device between the two calls.
  for (let attempt = 0; attempt < 64; attempt++) {
    const path = `/dev/loop${ioctlNumber.now(control, LOOP_CTL_GET_FREE, 0)}`;
    const descriptor = openSync(path, "r");
    try {
      ioctlBuffer.now(descriptor, LOOP_CONFIGURE, config);
      return { path, descriptor };
    } catch (error) {
      closeSync(descriptor);
      if (!(error instanceof NativeError) || error.errno !== EBUSY) throw error;
    }
  }
  throw new NativeError("ioctl LOOP_CONFIGURE", EBUSY, "no free device in 64 attempts");
}

/** struct loop_config: fd, block_size, struct loop_info64, reserved. */
function configuration(backing: number, offset: number, size: number): Buffer {
  const config = Buffer.alloc(4 + 4 + 232 + 64);
  const info = 8;
  config.writeUInt32LE(backing, 0);
  config.writeBigUInt64LE(BigInt(offset), info + 24);
  config.writeBigUInt64LE(BigInt(size), info + 32);
  config.writeUInt32LE(LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR, info + 52);
  return config;
}
