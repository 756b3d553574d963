import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join, normalize } from "node:path";

import { runTool } from "./run-tool.ts";

/** Removes from a root whatever is neither kept, linked to from there, nor a shared library or loader of what is kept. */
export async function keepFiles(root: string, keep: readonly string[]): Promise<void> {
  const all = listFiles(root, "");
  const libraries = Map.groupBy(all, (path) => basename(path));
  const kept = new Set<string>();
  let wanted = all.filter((path) => keep.some((entry) => path === entry || path.startsWith(`${entry}/`)));
  while (wanted.length > 0) {
    const fresh = wanted.filter((path) => !kept.has(path));
    for (const path of fresh) kept.add(path);
    const targets = fresh.flatMap((path) => linkTarget(root, path) ?? []);
    const needed = (
      await neededBy(fresh.filter((path) => isElf(join(root, path))).map((path) => join(root, path)))
    ).flatMap((name) => libraries.get(name) ?? []);
    wanted = [...targets.flatMap((target) => all.filter((path) => path === target)), ...needed].filter(
      (path) => !kept.has(path),
    );
  }
  for (const path of all) if (!kept.has(path)) rmSync(join(root, path));
  removeEmpty(root);
}

/** Names of shared libraries and loaders that ELF files ask for; readelf(1). */
async function neededBy(paths: readonly string[]): Promise<string[]> {
  const names = new Set<string>();
  // In portions, because a root can hold more paths than a command line.
  for (let index = 0; index < paths.length; index += 200) {
    const text = await runTool("readelf", ["-dlW", ...paths.slice(index, index + 200)], {
      env: { LC_ALL: "C" },
    });
    for (const [, library] of text.matchAll(/\(NEEDED\).*\[(.+)\]/gu))
      if (library !== undefined) names.add(library);
    for (const [, loader] of text.matchAll(/program interpreter: (.+)\]/gu))
      names.add(basename(loader ?? ""));
  }
  return [...names];
}

/** Every file and link, relative to the root. */
function listFiles(root: string, directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = directory === "" ? entry.name : `${directory}/${entry.name}`;
    return entry.isDirectory() ? listFiles(root, path) : [path];
  });
}

function linkTarget(root: string, path: string): string | undefined {
  if (!lstatSync(join(root, path)).isSymbolicLink()) return undefined;
  const target = readlinkSync(join(root, path));
  return normalize(target.startsWith("/") ? target.slice(1) : join(dirname(path), target));
}

function isElf(path: string): boolean {
  if (!lstatSync(path).isFile()) return false;
  const file = openSync(path, "r");
  const magic = Buffer.alloc(4);
  readSync(file, magic, 0, 4, 0);
  closeSync(file);
  return magic.toString("latin1") === "\u007fELF";
}

function removeEmpty(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (!entry.isDirectory()) continue;
    removeEmpty(path);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}
