/** Building and reading of netlink messages (netlink(7), rtnetlink(7)). Pure. */

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLM_F_REQUEST = 1;
export const NLM_F_ACK = 4;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_DUMP = 0x300;
const NLA_TYPE_MASK = 0x3fff;
const HEADER = 16;

export interface NetlinkMessage {
  readonly type: number;
  readonly sequence: number;
  readonly body: Buffer;
}

export function encodeMessage(type: number, flags: number, sequence: number, body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(HEADER + body.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt32LE(sequence, 8);
  return Buffer.concat([header, body]);
}

/** Messages of one datagram; a cut-off last one is left out. */
export function decodeMessages(datagram: Buffer): readonly NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  let at = 0;
  while (at + HEADER <= datagram.length) {
    const length = datagram.readUInt32LE(at);
    if (length < HEADER || at + length > datagram.length) break;
    messages.push({
      type: datagram.readUInt16LE(at + 4),
      sequence: datagram.readUInt32LE(at + 8),
      body: datagram.subarray(at + HEADER, at + length),
    });
    at += align(length);
  }
  return messages;
}

export function attribute(type: number, value: Buffer | string | number): Buffer {
  const data = toBuffer(value);
  const buffer = Buffer.alloc(align(4 + data.length));
  buffer.writeUInt16LE(4 + data.length, 0);
  buffer.writeUInt16LE(type, 2);
  data.copy(buffer, 4);
  return buffer;
}

/** Attributes by type; of repeated ones the last. */
export function decodeAttributes(buffer: Buffer): ReadonlyMap<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  let at = 0;
  while (at + 4 <= buffer.length) {
    const length = buffer.readUInt16LE(at);
    if (length < 4 || at + length > buffer.length) break;
    attributes.set(buffer.readUInt16LE(at + 2) & NLA_TYPE_MASK, buffer.subarray(at + 4, at + length));
    at += align(length);
  }
  return attributes;
}

export function textOf(value: Buffer | undefined): string | undefined {
  if (!value) return undefined;
  const end = value.indexOf(0);
  return value.toString("utf8", 0, end < 0 ? value.length : end);
}

function toBuffer(value: Buffer | string | number): Buffer {
  if (typeof value === "string") return Buffer.from(`${value}\0`);
  if (typeof value !== "number") return value;
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value, 0);
  return buffer;
}

function align(length: number): number {
  return (length + 3) & ~3;
}
