import { expect, test } from "vitest";

import { selectSources } from "./debian-sources.ts";

const stanza = (suites: string, components = "main") =>
  `Types: deb\nURIs: mirror:/x\nSuites: ${suites}\nComponents: ${components}`;

test("selectSources() takes the release's stanzas and lines, with its updates, and nothing else", () => {
  const files = [
    `${stanza("bookworm bookworm-updates")}\n\n${stanza("bookworm-security")}\n`,
    `${stanza("nodistro")}\n\n${stanza("trixie")}\n\n${stanza("bookworm", "contrib")}`,
    "# a comment\ndeb [signed-by=/k] mirror:/y bookworm main\ndeb mirror:/y trixie main\ndeb-src mirror:/y bookworm main",
  ];
  expect(selectSources(files, "bookworm").split("\n\n")).toEqual([
    stanza("bookworm bookworm-updates"),
    stanza("bookworm-security"),
    "deb [signed-by=/k] mirror:/y bookworm main",
  ]);
});
