import fc from "fast-check";
import { expect, test } from "vitest";

import { ApiError } from "../errors/api-error.ts";
import { decodeProtobuf } from "./decode-protobuf.ts";

const field = (number: number, ...parts: readonly (string | Uint8Array)[]): Uint8Array => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(number * 8 + 2), varint(body.length), body]);
};
const number = (field: number, value: number): Uint8Array =>
  Buffer.concat([varint(field * 8), varint(value)]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

function envelope(apiVersion: string, kind: string, ...raw: readonly Uint8Array[]): Buffer {
  return Buffer.concat([
    Buffer.from("k8s\0"),
    field(1, field(1, apiVersion), field(2, kind)),
    field(2, ...raw),
  ]);
}

test("decodeProtobuf() reads a Secret with maps, bytes and metadata", () => {
  const meta = field(
    1,
    field(1, "s"),
    field(2, ""),
    field(8),
    field(11, field(1, "a"), field(2, "b")),
    field(14, "x/y"),
    field(14, "z/w"),
  );
  const body = envelope(
    "v1",
    "Secret",
    meta,
    field(2, field(1, "key"), field(2, Uint8Array.of(255, 0))),
    field(3, "Opaque"),
    number(5, 1),
  );
  expect(decodeProtobuf(body)).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", labels: { a: "b" }, finalizers: ["x/y", "z/w"] },
    data: { key: "/wA=" },
    type: "Opaque",
    immutable: true,
  });
});

test("decodeProtobuf() reads a Lease's microseconds", () => {
  const time = Buffer.concat([number(1, 1_767_225_600), number(2, 123_456_000)]);
  expect(
    decodeProtobuf(
      envelope("coordination.k8s.io/v1", "Lease", field(2, field(1, "me"), number(2, 15), field(4, time))),
    ),
  ).toMatchObject({
    spec: { holderIdentity: "me", leaseDurationSeconds: 15, renewTime: "2026-01-01T00:00:00.123456Z" },
  });
});

test("decodeProtobuf() refuses kinds it does not know with 415", () => {
  expect(() => decodeProtobuf(envelope("v1", "Pod"))).toThrow(
    "the body of the request was in an unknown format",
  );
});

test("decodeProtobuf() answers any bytes with a value or an ApiError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, wrapped) => {
      const body = wrapped
        ? envelope("v1", "ConfigMap", bytes)
        : Buffer.concat([Buffer.from("k8s\0"), bytes]);
      try {
        decodeProtobuf(body);
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
      }
    }),
    { numRuns: 2000 },
  );
});
