import { blake3 } from "@noble/hashes/blake3.js";
import fc from "fast-check";
import { expect, test } from "vitest";

import { createBlake3 } from "./blake3-hasher.ts";
import { fourLanesModule } from "./four-lanes.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const sample = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) % 251);

test.each([
  0, 1, 63, 64, 65, 1023, 1024, 1025, 2048, 5000, 16_384, 16_385, 32_768, 49_152, 49_153, 65_536, 131_073,
  300_000,
])("createBlake3() hashes %i bytes as another implementation does", (length) => {
  const hasher = createBlake3();
  hasher.update(sample.subarray(0, length));
  expect(hex(hasher.digest())).toBe(hex(blake3(sample.subarray(0, length))));
});

test("createBlake3() gives the published hash of nothing", () => {
  expect(hex(createBlake3().digest())).toBe(
    "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
  );
});

test("createBlake3() does not care how the bytes are portioned", () => {
  const portions = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 12 });
  fc.assert(
    fc.property(portions, (sizes) => {
      const hasher = createBlake3();
      let at = 0;
      for (const size of sizes) {
        hasher.update(sample.subarray(at, at + size));
        at = Math.min(at + size, sample.length);
      }
      expect(hex(hasher.digest())).toBe(hex(blake3(sample.subarray(0, at))));
    }),
    { numRuns: 60 },
  );
});

test("fourLanesModule() is accepted by this engine, so that the fast road is the one that is tested", () => {
  expect(Reflect.get(globalThis, "WebAssembly").validate(fourLanesModule(1))).toBe(true);
});
