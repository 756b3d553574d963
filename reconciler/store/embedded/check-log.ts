import { existsSync, readFileSync } from "node:fs";

import { StoreError } from "../errors.ts";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

interface Sum {
  readonly first: number;
  readonly second: number;
}

/**
 * Looks for damage in SQLite's write-ahead log before SQLite reads it (https://sqlite.org/fileformat2.html#walformat). SQLite
 * takes the first frame that does not fit for the end, and would silently forget acknowledged transactions behind it. Only the
 * last transaction can be torn by a crash, as each is on the disk before the next begins; so a whole frame of a later one behind a
 * broken frame means damage. Throws StoreError `Corrupt`.
 */
export function checkLog(file: string): void {
  const log = `${file}-wal`;
  if (!existsSync(log)) return;
  const bytes = readFileSync(log);
  if (bytes.length < HEADER_BYTES || bytes.subarray(0, HEADER_BYTES).every((byte) => byte === 0)) return;
  const broken = brokenFrameOf(bytes);
  if (broken === undefined) return;
  const place = broken === -1 ? "its head" : `frame ${broken}`;
  throw new StoreError("Corrupt", `Cannot use the log "${log}": ${place} is damaged`);
}

/** The frame that hides later transactions, -1 for the log's head, or undefined when nothing is hidden. */
export function brokenFrameOf(bytes: Buffer): number | undefined {
  const magic = bytes.readUInt32BE(0);
  const isBigEndian = magic === 0x37_7f_06_83;
  const head = sumOf(bytes.subarray(0, 24), { first: 0, second: 0 }, isBigEndian);
  if ((!isBigEndian && magic !== 0x37_7f_06_82) || !equals(head, storedSum(bytes, 24))) return -1;
  const salts = bytes.subarray(16, 24);
  const frameBytes = FRAME_HEADER_BYTES + bytes.readUInt32BE(8);
  let before = head;
  let broken: number | undefined;
  let hidesCommit = false;
  for (let i = 0, at = HEADER_BYTES; at + frameBytes <= bytes.length; i += 1, at += frameBytes) {
    const frame = bytes.subarray(at, at + frameBytes);
    const stored = storedSum(frame, 16);
    const fits = isFrame({ frame, salts, before, stored, isBigEndian });
    const isCommit = frame.readUInt32BE(4) !== 0;
    if (fits && hidesCommit) return broken;
    if (!fits) broken ??= i;
    if (broken !== undefined && isCommit && (fits || broken === i)) hidesCommit = true;
    before = stored;
  }
  return undefined;
}

function isFrame(given: {
  frame: Buffer;
  salts: Buffer;
  before: Sum;
  stored: Sum;
  isBigEndian: boolean;
}): boolean {
  const { frame, salts, before, stored, isBigEndian } = given;
  if (!frame.subarray(8, 16).equals(salts)) return false;
  const head = sumOf(frame.subarray(0, 8), before, isBigEndian);
  return equals(sumOf(frame.subarray(FRAME_HEADER_BYTES), head, isBigEndian), stored);
}

function storedSum(bytes: Buffer, at: number): Sum {
  return { first: bytes.readUInt32BE(at), second: bytes.readUInt32BE(at + 4) };
}

function equals(a: Sum, b: Sum): boolean {
  return a.first === b.first && a.second === b.second;
}

/** SQLite's running checksum over pairs of 32-bit words. */
function sumOf(bytes: Buffer, { first, second }: Sum, isBigEndian: boolean): Sum {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let a = first;
  let b = second;
  for (let i = 0; i + 8 <= bytes.length; i += 8) {
    a = (a + view.getUint32(i, !isBigEndian) + b) >>> 0;
    b = (b + view.getUint32(i + 4, !isBigEndian) + a) >>> 0;
  }
  return { first: a, second: b };
}
