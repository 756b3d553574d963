import koffi from "koffi";

import { NativeError } from "./native-error.ts";

export type Argument = number | bigint | string | Buffer | null;

/** A C function that answers with a number, negative for an error in errno. Both ways throw NativeError. */
export interface NativeFunction {
  /** On this thread: only for calls that take microseconds. */
  now(...values: readonly Argument[]): number;
  /** On a pool thread, the event loop goes on. */
  later(...values: readonly Argument[]): Promise<number>;
}

type Raw = ReturnType<ReturnType<typeof koffi.load>["func"]>;

const libc = koffi.load("libc.so.6");

/** A function of the C library. */
export function declare(name: string, parameters: readonly string[], result = "int"): NativeFunction {
  return bind(name, libc.func(name, result, [...parameters]), []);
}

/**
 * A system call the C library has no wrapper for. The prototype is fixed, not variadic: koffi has no asynchronous variadic calls,
 * and the calling convention is the same on x86-64 and arm64 for integers and pointers.
 */
export function declareSyscall(name: string, number: number, parameters: readonly string[]): NativeFunction {
  return bind(name, libc.func("syscall", "long", ["long", ...parameters]), [number]);
}

/** The plain koffi function, for results that are not "negative is an error". */
export function declareRaw(name: string, parameters: readonly string[], result: string): Raw {
  return libc.func(name, result, [...parameters]);
}

function bind(name: string, raw: Raw, prefix: readonly Argument[]): NativeFunction {
  return {
    now: (...values) => {
      const result = Number(raw(...prefix, ...values));
      if (result < 0) throw new NativeError(name, koffi.errno());
      return result;
    },
    later: (...values) =>
      new Promise((resolve, reject) => {
        raw.async(...prefix, ...values, (error: Error | null, answer: unknown) => {
          // Must be read before anything else runs: the next call resets it.
          const errno = koffi.errno();
          if (error) reject(error);
          else if (Number(answer) < 0) reject(new NativeError(name, errno));
          else resolve(Number(answer));
        });
      }),
  };
}
