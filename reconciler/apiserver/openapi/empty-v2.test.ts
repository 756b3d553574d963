import { expect, test } from "vitest";

import { readFields } from "../protobuf/wire.ts";
import { emptyOpenApiV2Protobuf } from "./empty-v2.ts";

test("emptyOpenApiV2Protobuf() is a message with version, title and no paths", () => {
  const fields = [...readFields(Buffer.from(emptyOpenApiV2Protobuf()))];
  expect(fields.map(({ number }) => number)).toEqual([1, 2, 8]);
  expect(fields.map(({ value }) => Buffer.from(value as Uint8Array).toString())).toEqual([
    "2.0",
    expect.stringContaining("Freehold"),
    "",
  ]);
});
