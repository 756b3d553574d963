import { closeSync, openSync } from "node:fs";

import { declare } from "./declare.ts";
import { onReadable } from "./readiness.ts";

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLLPRI = 2;
const EPOLLERR = 8;
const EPOLLET = 0x80000000;

const epollCreate = declare("epoll_create1", ["int"]);
const epollControl = declare("epoll_ctl", ["int", "int", "int", "void *"]);
const epollWait = declare("epoll_wait", ["int", "void *", "int", "int"]);

/**
 * Calls back when the mount table of this namespace changed. proc_pid_mountinfo(5) announces that as an exceptional condition, which
 * libuv cannot ask for; an epoll descriptor of our own can, and is itself readable.
 */
export function onMountChange(callback: () => void): Disposable {
  const table = openSync("/proc/self/mountinfo", "r");
  const epoll = epollCreate.now(EPOLL_CLOEXEC);
  const event = Buffer.alloc(12);
  event.writeUInt32LE((EPOLLPRI | EPOLLERR | EPOLLET) >>> 0, 0);
  epollControl.now(epoll, EPOLL_CTL_ADD, table, event);
  const ready = Buffer.alloc(16);
  const watch = onReadable(epoll, () => {
    epollWait.now(epoll, ready, 1, 0);
    callback();
  });
  return {
    [Symbol.dispose]() {
      watch[Symbol.dispose]();
      closeSync(epoll);
      closeSync(table);
    },
  };
}
