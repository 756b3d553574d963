import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { LineReader } from "./line-reader.ts";

describe("LineReader", () => {
  it("answers the same lines however the bytes are cut", () => {
    const lines = fc.array(fc.string({ unit: "binary" }).map((line) => line.replaceAll("\n", "")));
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 9 }), (lines, size) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const reader = new LineReader(1 << 20);
        const found: string[] = [];
        for (let at = 0; at < bytes.length; at += size)
          found.push(...reader.read(bytes.subarray(at, at + size)));
        expect(found).toEqual(lines.map((line) => Buffer.from(line).toString()));
      }),
    );
  });

  it("refuses a line that is longer than the bound, wherever its end is", () => {
    expect(() => new LineReader(4).read(Buffer.from("12345\n"))).toThrow(RangeError);
    const reader = new LineReader(4);
    expect(reader.read(Buffer.from("1234\n12"))).toEqual(["1234"]);
    expect(() => reader.read(Buffer.from("345"))).toThrow(RangeError);
  });
});
