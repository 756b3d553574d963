import { closeSync } from "node:fs";
import { Socket } from "node:net";

import koffi from "koffi";

import { declareRaw } from "./declare.ts";
import { NativeError } from "./native-error.ts";
import { makePipe } from "./pipe.ts";
import { ProcessHandle } from "./process-handle.ts";

const POSIX_SPAWN_SETSIGDEF = 4;
const POSIX_SPAWN_SETSIGMASK = 8;
const POSIX_SPAWN_SETSID = 0x80;

const posixSpawn = declareRaw(
  "posix_spawn",
  ["void *", "str", "void *", "void *", "void *", "void *"],
  "int",
);
const actionsInit = declareRaw("posix_spawn_file_actions_init", ["void *"], "int");
const actionsDup = declareRaw("posix_spawn_file_actions_adddup2", ["void *", "int", "int"], "int");
const actionsCloseFrom = declareRaw("posix_spawn_file_actions_addclosefrom_np", ["void *", "int"], "int");
const actionsDestroy = declareRaw("posix_spawn_file_actions_destroy", ["void *"], "int");
const attributesInit = declareRaw("posix_spawnattr_init", ["void *"], "int");
const attributesFlags = declareRaw("posix_spawnattr_setflags", ["void *", "short"], "int");
const attributesDefaults = declareRaw("posix_spawnattr_setsigdefault", ["void *", "void *"], "int");
const attributesDestroy = declareRaw("posix_spawnattr_destroy", ["void *"], "int");
const fillSignals = declareRaw("sigfillset", ["void *"], "int");

/** A descriptor of ours that the child gets, or "pipe" for a stream to it. */
export type ChildStream = number | "pipe";

export interface SpawnCall {
  /** Absolute path: PATH is not searched. */
  readonly file: string;
  /** Including the name at index 0. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: ChildStream;
  readonly stdout: ChildStream;
  readonly stderr: ChildStream;
  /** A session of its own, so that signals to our terminal or process group do not reach it. */
  readonly session: boolean;
}

export interface ChildProcess {
  readonly handle: ProcessHandle;
  readonly stdin: Socket | null;
  readonly stdout: Socket | null;
  readonly stderr: Socket | null;
}

/**
 * posix_spawn(3). Not child_process.spawn: its fork copies the page tables of this process on the event loop, 110 ms at 1 GB;
 * this takes a millisecond whatever the size. Throws NativeError when the program cannot be executed.
 */
export function spawn(call: SpawnCall): ChildProcess {
  const opened: number[] = [];
  try {
    const streams = [call.stdin, call.stdout, call.stderr].map((stream, index) =>
      stream === "pipe" ? pipeTo(index === 0, opened) : { child: stream, own: null },
    );
    const pid = spawnWith(
      call,
      streams.map(({ child }) => child),
    );
    const sockets = streams.map(({ own }, index) =>
      own === null ? null : streamOf(own, index === 0, opened),
    );
    const [stdin = null, stdout = null, stderr = null] = sockets;
    return { handle: new ProcessHandle(pid), stdin, stdout, stderr };
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

function pipeTo(toChild: boolean, opened: number[]): { child: number; own: number } {
  const { reading, writing } = makePipe();
  opened.push(reading, writing);
  return toChild ? { child: reading, own: writing } : { child: writing, own: reading };
}

/** From here the stream closes the descriptor. */
function streamOf(descriptor: number, writable: boolean, opened: number[]): Socket {
  opened.splice(opened.indexOf(descriptor), 1);
  return new Socket({ fd: descriptor, readable: !writable, writable });
}

function spawnWith(call: SpawnCall, descriptors: readonly number[]): number {
  const actions = Buffer.alloc(128);
  const attributes = Buffer.alloc(512);
  const signals = Buffer.alloc(128);
  const pid = Buffer.alloc(4);
  actionsInit(actions);
  attributesInit(attributes);
  try {
    // Moved out of the way first: dup2 in order would overwrite a source that is itself 0, 1 or 2.
    const above = Math.max(...descriptors, 2) + 1;
    for (const [index, descriptor] of descriptors.entries()) actionsDup(actions, descriptor, above + index);
    for (const index of descriptors.keys()) actionsDup(actions, above + index, index);
    // glibc 2.34. Whatever else this process opened or inherited is none of the child's business.
    actionsCloseFrom(actions, 3);
    // Node ignores SIGPIPE and libuv may block signals; a child must not inherit either.
    fillSignals(signals);
    attributesDefaults(attributes, signals);
    attributesFlags(
      attributes,
      POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (call.session ? POSIX_SPAWN_SETSID : 0),
    );
    using argv = vector(call.argv);
    using environment = vector(Object.entries(call.environment).map(([name, value]) => `${name}=${value}`));
    const failure = Number(
      posixSpawn(pid, call.file, actions, attributes, argv.pointer, environment.pointer),
    );
    if (failure !== 0) throw new NativeError(`posix_spawn ${call.file}`, failure);
    return pid.readInt32LE(0);
  } finally {
    actionsDestroy(actions);
    attributesDestroy(attributes);
  }
}

/** A null-terminated array of C strings. */
function vector(texts: readonly string[]): Disposable & { readonly pointer: unknown } {
  const pointer: unknown = koffi.alloc("void *", texts.length + 1);
  const kept = texts.map((text) => {
    if (text.includes("\0")) throw new NativeError("posix_spawn", 22, "an argument contains NUL");
    return Buffer.from(`${text}\0`);
  });
  for (const [index, text] of kept.entries()) koffi.encode(pointer, index * 8, "void *", text);
  koffi.encode(pointer, texts.length * 8, "void *", null);
  return {
    pointer,
    [Symbol.dispose]() {
      kept.length = 0;
      koffi.free(pointer);
    },
  };
}
