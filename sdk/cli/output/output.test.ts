import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { yamlOptions } from "../manifests/yaml-options.ts";
import { ageText, bytesText, secondsText } from "./amounts.ts";
import { stepsText } from "./progress-text.ts";
import { alignRows, cellText } from "./table.ts";
import { yamlText } from "./yaml-text.ts";

describe("alignRows()", () => {
  test("aligns as kubectl does: three spaces, six at least, nothing after the last cell", () => {
    expect(
      alignRows([
        ["NAME", "A", "AGE"],
        ["long-name", "", "5m"],
        ["é", "yes", ""],
      ]),
    ).toBe("NAME        A     AGE\nlong-name         5m\né           yes   \n");
  });

  test("keeps the widths of what was printed before", () => {
    const widths: number[] = [];
    alignRows([["long-name", "x"]], widths);
    expect(alignRows([["a", "y"]], widths)).toBe("a           y\n");
  });

  test("does not count colours", () => {
    expect(
      alignRows([
        ["\u001b[32mok\u001b[0m", "x"],
        ["longer", "y"],
      ]),
    ).toBe("\u001b[32mok\u001b[0m       x\nlonger   y\n");
  });
});

test("cellText() prints one line, and nothing that acts on a terminal", () => {
  expect([cellText(null), cellText(3), cellText("a\nb"), cellText("\u001b[2Jx")]).toEqual([
    "",
    "3",
    "a...",
    "^[[2Jx",
  ]);
});

describe("yamlText()", () => {
  test("writes what kubectl writes", () => {
    const value = {
      a: ["x", { b: 1, c: [] }, ["y"]],
      empty: {},
      "key: odd": "yes",
      l: "one\ntwo\n",
      m: "trailing \n",
      n: "\n",
      quoted: [
        "#x",
        "- a",
        "*a",
        "it's",
        "",
        "12:30",
        "0644",
        "1e3",
        "2001-01-01",
        "tab\there",
        "a: b",
        "a:b",
      ],
    };
    expect(yamlText(value)).toMatchInlineSnapshot(`
      "a:
      - x
      - b: 1
        c: []
      - - "y"
      empty: {}
      'key: odd': "yes"
      l: |
        one
        two
      m: "trailing \\n"
      "n": |2+

      quoted:
      - '#x'
      - '- a'
      - '*a'
      - it's
      - ""
      - "12:30"
      - "0644"
      - "1e3"
      - "2001-01-01"
      - "tab\\there"
      - 'a: b'
      - a:b
      "
    `);
  });

  test("is read back as the same value", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: fc.constantFrom(...Array.from("a1 :#-'\"\n\t{}[],&*!|>%@`~.yesno0x\\")) }),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        tie("list"),
        tie("map"),
      ),
      list: fc.array(tie("any"), { maxLength: 3 }),
      map: fc.dictionary(text, tie("any"), { maxKeys: 3, noNullPrototype: true }),
    })).any;
    fc.assert(
      fc.property(value, (any) => {
        expect(parse(yamlText({ any }), yamlOptions)).toEqual({ any });
      }),
      { numRuns: 1000 },
    );
  });
});

test("ageText() says an age as Kubernetes does", () => {
  const ages = [
    0, 119, 120, 150, 599, 600, 10_799, 10_800, 12_000, 28_800, 172_800, 180_000, 691_200, 63_072_000,
  ];
  expect(ages.map(ageText).join(" ")).toBe("0s 119s 2m 2m30s 9m59s 10m 179m 3h 3h20m 8h 2d 2d2h 8d 2y");
});

test("stepsText() says how far, how fast and how long", () => {
  const progress = {
    phase: "Verifying",
    done: 1 << 20,
    total: 4 << 20,
    unit: "bytes",
    rate: 512 * 1024,
    etaSeconds: 65,
  };
  expect(stepsText(progress)).toBe("Verifying 1.0 MiB of 4.0 MiB (25 %), 512 KiB/s, 1 min 5 s left");
  expect(stepsText({ phase: "Copying", done: 2, unit: "files" })).toBe("Copying 2 files");
  expect([bytesText(0), bytesText(1023), bytesText(1536), secondsText(7300)]).toEqual([
    "0 B",
    "1023 B",
    "1.5 KiB",
    "2 h 1 min",
  ]);
});
