import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { attribute, decodeAttributes, decodeMessages, encodeMessage, textOf } from "./netlink-message.ts";

describe("decodeMessages()", () => {
  it("answers what encodeMessage() wrote, one after the other", () => {
    const body = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(0xffff_fff), body, (type, sequence, body) => {
        const padding = Buffer.alloc((4 - (body.length % 4)) % 4);
        const one = Buffer.concat([encodeMessage(type, 1, sequence, body), padding]);
        const message = { type, sequence, body };
        expect(decodeMessages(Buffer.concat([one, one]))).toEqual([message, message]);
      }),
    );
  });

  it("reads no further than the datagram whatever it says", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const messages = decodeMessages(Buffer.from(bytes));
        expect(messages.length).toBeLessThanOrEqual(bytes.length / 16);
        for (const { body } of messages) decodeAttributes(body);
      }),
    );
  });
});

describe("decodeAttributes()", () => {
  it("answers what attribute() wrote", () => {
    const attributes = decodeAttributes(Buffer.concat([attribute(3, "eth0"), attribute(0x8004, 77)]));
    expect(textOf(attributes.get(3))).toBe("eth0");
    expect(attributes.get(4)?.readUInt32LE(0)).toBe(77);
  });
});
