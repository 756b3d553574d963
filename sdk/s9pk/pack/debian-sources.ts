import { existsSync, globSync, readFileSync } from "node:fs";

import { ArchiveError } from "../archive-error.ts";

/**
 * What of a machine's apt sources serves a Debian release, as sources.list(5) text in both its styles.
 * Packages are fetched from where the machine itself would fetch them; nothing about that is written down.
 */
export function selectSources(files: readonly string[], suite: string): string {
  const serves = (name: string) => name === suite || name.startsWith(`${suite}-`);
  const selected = files.flatMap((text) => {
    const stanzas = text
      .split(/\n\s*\n/u)
      .map((stanza) => stanza.trim())
      .filter((stanza) => fieldOf(stanza, "Suites").some(serves) && isDebian(stanza));
    const lines = text.split("\n").filter((line) => {
      const words = line
        .replace(/\[[^\]]*\]/u, "")
        .trim()
        .split(/\s+/u);
      return words[0] === "deb" && serves(words[2] ?? "") && words.includes("main");
    });
    return [...stanzas, ...lines];
  });
  return selected.join("\n\n");
}

/** The sources of this machine for a release. Code `build-failed` when there are none. */
export function machineSources(suite: string): string {
  const listed = existsSync("/etc/apt/sources.list") ? ["/etc/apt/sources.list"] : [];
  const paths = [...listed, ...globSync("/etc/apt/sources.list.d/*.{sources,list}").sort()];
  const sources = selectSources(
    paths.map((path) => readFileSync(path, "utf8")),
    suite,
  );
  if (sources !== "") return sources;
  throw new ArchiveError(
    "build-failed",
    suite,
    `Cannot find Debian "${suite}": this machine's apt sources do not have it`,
  );
}

function isDebian(stanza: string): boolean {
  return fieldOf(stanza, "Types").includes("deb") && fieldOf(stanza, "Components").includes("main");
}

function fieldOf(stanza: string, name: string): string[] {
  const line = stanza.split("\n").find((candidate) => candidate.startsWith(`${name}:`));
  return line === undefined
    ? []
    : line
        .slice(name.length + 1)
        .trim()
        .split(/\s+/u);
}
