import { describe, expect, it } from "vitest";

import { normalListing } from "./normal-listing.ts";

const listing = (handle: number, elements: readonly string[], port: number): string =>
  JSON.stringify({
    nftables: [
      { metainfo: { version: "1.0.6" } },
      { set: { name: "allowed", handle, elem: elements } },
      { rule: { chain: "input", handle: handle + 1, expr: [{ match: { right: port } }, { drop: null }] } },
    ],
  });

describe("normalListing()", () => {
  it("is the same whatever handles and order of elements are", () => {
    expect(normalListing(listing(1, ["a", "b"], 53))).toBe(normalListing(listing(7, ["b", "a"], 53)));
  });

  it("differs when a rule, an element or their order differs", () => {
    const base = normalListing(listing(1, ["a"], 53));
    expect(normalListing(listing(1, ["a"], 54))).not.toBe(base);
    expect(normalListing(listing(1, [], 53))).not.toBe(base);
    const rules = [{ rule: { expr: 1 } }, { rule: { expr: 2 } }];
    expect(normalListing(JSON.stringify(rules))).not.toBe(normalListing(JSON.stringify(rules.toReversed())));
  });
});
