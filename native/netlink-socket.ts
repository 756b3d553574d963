import { closeSync } from "node:fs";

import { declare } from "./declare.ts";
import { NativeError } from "./native-error.ts";
import {
  decodeMessages,
  encodeMessage,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  type NetlinkMessage,
} from "./netlink-message.ts";
import { onReadable } from "./readiness.ts";

const AF_NETLINK = 16;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const MSG_DONTWAIT = 0x40;
const EAGAIN = 11;
export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;

const socket = declare("socket", ["int", "int", "int"]);
const bind = declare("bind", ["int", "void *", "int"]);
const send = declare("send", ["int", "void *", "size_t", "int"], "long");
const receive = declare("recv", ["int", "void *", "size_t", "int"], "long");

/** One conversation with the kernel at a time over a netlink socket (netlink(7)). */
export class NetlinkSocket implements Disposable {
  readonly #descriptor: number;
  readonly #buffer = Buffer.alloc(1 << 17);
  #sequence = 1;
  #last: Promise<unknown> = Promise.resolve();

  constructor(protocol: number) {
    this.#descriptor = openSocket(protocol, 0);
  }

  /**
   * Sends a request and answers what came before its acknowledgement. The kernel works during send(2), up to 20 ms for the removal
   * of a link, so that runs on a pool thread.
   */
  request(type: number, flags: number, body: Buffer): Promise<readonly NetlinkMessage[]> {
    const next = this.#last.then(() => this.#exchange(type, flags, body));
    this.#last = next.catch(() => undefined);
    return next;
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  async #exchange(type: number, flags: number, body: Buffer): Promise<readonly NetlinkMessage[]> {
    const sequence = this.#sequence++;
    const isDump = (flags & NLM_F_DUMP) === NLM_F_DUMP;
    const message = encodeMessage(type, flags | NLM_F_REQUEST | (isDump ? 0 : NLM_F_ACK), sequence, body);
    await send.later(this.#descriptor, message, message.length, 0);
    const answers: NetlinkMessage[] = [];
    for (;;) {
      // Answers wait in the socket's queue already: the kernel put them there while it sent.
      const length = receive.now(this.#descriptor, this.#buffer, this.#buffer.length, MSG_DONTWAIT);
      const datagram = Buffer.from(this.#buffer.subarray(0, length));
      for (const answer of decodeMessages(datagram)) {
        if (answer.sequence !== sequence) continue;
        if (isLast(type, answer)) return answers;
        answers.push(answer);
      }
    }
  }
}

/** An acknowledgement is an error message with number 0. */
function isLast(request: number, answer: NetlinkMessage): boolean {
  if (answer.type === NLMSG_DONE) return true;
  if (answer.type !== NLMSG_ERROR) return false;
  const errno = -answer.body.readInt32LE(0);
  if (errno !== 0) throw new NativeError(`netlink request ${request}`, errno);
  return true;
}

/** Calls back when one of the multicast groups (a bit each) said something, or too much at once. */
export function onNetlinkEvent(protocol: number, groups: number, callback: () => void): Disposable {
  const descriptor = openSocket(protocol, groups);
  const buffer = Buffer.alloc(1 << 16);
  const watch = onReadable(descriptor, () => {
    drain(descriptor, buffer);
    callback();
  });
  return {
    [Symbol.dispose]() {
      watch[Symbol.dispose]();
      closeSync(descriptor);
    },
  };
}

function drain(descriptor: number, buffer: Buffer): void {
  for (;;) {
    try {
      receive.now(descriptor, buffer, buffer.length, MSG_DONTWAIT);
    } catch (error) {
      if (!(error instanceof NativeError)) throw error;
      if (error.errno === EAGAIN) return;
      // ENOBUFS: messages were lost, which the caller hears of like of any other.
    }
  }
}

function openSocket(protocol: number, groups: number): number {
  const descriptor = socket.now(AF_NETLINK, SOCK_RAW_NONBLOCK_CLOEXEC, protocol);
  const address = Buffer.alloc(12);
  address.writeUInt16LE(AF_NETLINK, 0);
  address.writeUInt32LE(groups, 8);
  try {
    bind.now(descriptor, address, address.length);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return descriptor;
}
