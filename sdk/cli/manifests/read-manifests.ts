import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { CliError, exitCodes, usageError } from "../cli-error.ts";
import type { Options } from "../options.ts";
import { processTerminal } from "../terminal.ts";
import type { Manifest } from "./manifest.ts";
import { holdsNoObject, parseManifests } from "./parse-manifests.ts";

const MANIFEST = /\.(ya?ml|json)$/;

/** The objects of every `-f`, in order; of directories the files in order of their names. Throws CliError. */
export async function readManifests(options: Options): Promise<readonly Manifest[]> {
  const sources = options.texts("filename");
  if (sources.length === 0)
    throw usageError("Cannot tell which objects are meant", "give -f FILE, -f DIR or -f -");
  const manifests: Manifest[] = [];
  for (const source of sources) {
    if (source === "-") {
      manifests.push(...parseManifests(await text(process.stdin), "standard input"));
      continue;
    }
    for (const file of await filesOf(source, options.flag("recursive"))) {
      const content = await readFile(file, "utf8");
      // What was not named itself may be something else that happens to be JSON or YAML: a tool's settings, say.
      if (file !== source && holdsNoObject(content)) {
        processTerminal().say(`Skipped "${file}": it has neither apiVersion nor kind\n`);
      } else manifests.push(...parseManifests(content, file));
    }
  }
  if (manifests.length > 0) return manifests;
  throw new CliError(`Cannot find an object in ${sources.join(", ")}: nothing is written there`, {
    next: "name files with at least one object in YAML or JSON",
  });
}

async function filesOf(source: string, recursive: boolean): Promise<readonly string[]> {
  const found = await stat(source).catch((cause: unknown) => {
    throw new CliError(`Cannot read "${source}": there is no such file or directory`, {
      exitCode: exitCodes.notFound,
      next: "check the path after -f",
      cause,
    });
  });
  if (!found.isDirectory()) return [source];
  const entries = await readdir(source, { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(source, entry.name);
    if (entry.isDirectory()) files.push(...(recursive ? await filesOf(path, true) : []));
    else if (MANIFEST.test(entry.name)) files.push(path);
  }
  return files;
}
