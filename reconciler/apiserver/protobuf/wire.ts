import { badRequest } from "../errors/request-errors.ts";

/** One field of a message: its number, and its value as the wire types have it. */
export interface WireField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/** Reads a message's fields in order (protobuf encoding, developers.google.com/protocol-buffers/docs/encoding). Throws 400. */
export function* readFields(bytes: Uint8Array): Generator<WireField> {
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const tag = readVarint(reader);
    yield { number: Math.floor(tag / 8), value: readValue(reader, tag % 8) };
  }
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function readValue(reader: Reader, wireType: number): number | Uint8Array {
  switch (wireType) {
    case 0:
      return readVarint(reader);
    case 1:
      return take(reader, 8);
    case 2:
      return take(reader, readVarint(reader));
    case 5:
      return take(reader, 4);
    default:
      throw badRequest(`Cannot read protobuf: found wire type ${wireType} at offset ${reader.at}`);
  }
}

/** Up to 64 bits; negative numbers come as two's complement. Beyond 2^53 it is refused instead of rounded. */
function readVarint(reader: Reader): number {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined) throw badRequest("Cannot read protobuf: it ends within a number");
    reader.at += 1;
    value |= BigInt(byte % 128) << shift;
    if (byte < 128) return toNumber(BigInt.asIntN(64, value));
  }
  throw badRequest(`Cannot read protobuf: a number of more than 64 bits at offset ${reader.at}`);
}

function toNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw badRequest(`Cannot read protobuf: ${value} is beyond 2^53`);
  return number;
}

function take(reader: Reader, length: number): Uint8Array {
  const end = reader.at + length;
  if (length < 0 || end > reader.bytes.length) {
    throw badRequest(`Cannot read protobuf: ${length} bytes wanted at offset ${reader.at}, too few left`);
  }
  const found = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return found;
}
