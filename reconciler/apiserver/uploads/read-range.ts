import { ApiError } from "../errors/api-error.ts";

/** Bytes of a file, `end` not among them. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The one range a `Range` header asks for (RFC 9110, section 14); undefined for the whole file, also where the header is to be ignored
 * because it has several ranges or another unit. Throws 416 for one outside.
 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (start < end) return { start, end };
  throw new ApiError(416, "RangeNotSatisfiable", `Cannot read "${header}": there are ${size} bytes`);
}
