import { closeSync } from "node:fs";

import { declare, declareSyscall } from "./declare.ts";
import { NativeError } from "./native-error.ts";
import { onReadable, type ReadinessWatch } from "./readiness.ts";

const P_PIDFD = 3;
const WEXITED = 4;
const ECHILD = 10;
const ESRCH = 3;

const pidfdOpen = declareSyscall("pidfd_open", 434, ["int", "uint"]);
const pidfdSendSignal = declareSyscall("pidfd_send_signal", 424, ["int", "int", "void *", "uint"]);
const waitid = declare("waitid", ["int", "int", "void *", "int"]);

/** How a child ended. Both are null for a process that is no child of ours. waitid(2). */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: number | null;
}

/** A process that cannot be mistaken for a later one with the same number (pidfd_open(2), Linux 5.3). */
export class ProcessHandle implements Disposable {
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  readonly #descriptor: number;
  readonly #watch: ReadinessWatch;
  #closed = false;

  /** Throws NativeError ESRCH when there is no such process. */
  constructor(pid: number) {
    this.pid = pid;
    this.#descriptor = pidfdOpen.now(pid, 0);
    const { promise, resolve, reject } = Promise.withResolvers<ProcessEnd>();
    this.ended = promise;
    this.#watch = onReadable(this.#descriptor, () => {
      try {
        resolve(reap(this.#descriptor));
      } catch (error) {
        reject(error);
      } finally {
        this[Symbol.dispose]();
      }
    });
  }

  /** Nothing when it has ended. */
  signal(number: number): void {
    if (this.#closed) return;
    try {
      pidfdSendSignal.now(this.#descriptor, number, null, 0);
    } catch (error) {
      if (!(error instanceof NativeError) || error.errno !== ESRCH) throw error;
    }
  }

  /** Our process may end before that one does. */
  unref(): void {
    if (!this.#closed) this.#watch.unref();
  }

  /** Stops watching; `ended` then never settles, unless it has. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch[Symbol.dispose]();
    closeSync(this.#descriptor);
  }
}

function reap(descriptor: number): ProcessEnd {
  const info = Buffer.alloc(128);
  try {
    waitid.now(P_PIDFD, descriptor, info, WEXITED);
  } catch (error) {
    if (error instanceof NativeError && error.errno === ECHILD) return { code: null, signal: null };
    throw error;
  }
  // siginfo_t: si_code at 8 (CLD_EXITED is 1), si_status at 24.
  const status = info.readInt32LE(24);
  return info.readInt32LE(8) === 1 ? { code: status, signal: null } : { code: null, signal: status };
}
