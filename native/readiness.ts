import koffi from "koffi";

export interface ReadinessWatch extends Disposable {
  /** The process may end while this watch goes on. */
  unref(): void;
}

/**
 * Calls back whenever the descriptor can be read (pidfd, netlink socket, epoll). An error condition, as of a netlink socket that
 * overflowed, counts as readable: libuv ends the watch then, so it is armed again.
 */
export function onReadable(descriptor: number, callback: () => void): ReadinessWatch {
  let closed = false;
  const handle = koffi.node.poll(descriptor, { readable: true }, function ready() {
    callback();
    if (!closed) handle.start({ readable: true }, ready);
  });
  return {
    unref: () => handle.unref(),
    [Symbol.dispose]() {
      if (closed) return;
      closed = true;
      handle.stop();
      handle.close();
    },
  };
}
