import { expect, it } from "vitest";

import { parseYaml } from "./decode-body.ts";

it("parseYaml() answers 400 when aliases multiply", () => {
  const lines = Array.from(
    "bcdefghi",
    (name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`,
  );
  expect(() => parseYaml(["a: &a [x, x, x]", ...lines].join("\n"))).toThrow(
    expect.objectContaining({ code: 400 }),
  );
});

it("parseYaml() answers 400 when an alias leads back to itself", () => {
  expect(() => parseYaml("a: &a {b: *a}")).toThrow(expect.objectContaining({ code: 400 }));
});

it("parseYaml() says of what nests too deeply that it does, and where", () => {
  for (const text of [`${"[".repeat(20_000)}${"]".repeat(20_000)}`, `${"- ".repeat(20_000)}x`]) {
    expect(() => parseYaml(text)).toThrow(
      /^Cannot read YAML: it is nested too deeply at line 1, column \d+$/,
    );
  }
});
