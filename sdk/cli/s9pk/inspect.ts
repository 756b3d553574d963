import { type ArchiveNode, readManifest } from "@freehold/s9pk";

import { exitCodes } from "../cli-error.ts";
import type { Invocation } from "../invocation.ts";
import { bytesText } from "../output/amounts.ts";
import { jsonText } from "../output/object-text.ts";
import { alignRows, escapeControls } from "../output/table.ts";
import { openArchiveFile, readArchive } from "./open-file.ts";

/** `freehold s9pk inspect`. */
export async function runInspect({ terminal, options, words }: Invocation): Promise<number> {
  const [path = ""] = words;
  await using source = await openArchiveFile(path);
  const archive = await readArchive(path, source);
  const manifest = await readManifest(archive);
  if (options.text("output") === "json") {
    terminal.out(jsonText(manifest));
    return exitCodes.ok;
  }
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const facts = [
    ["Package:", manifest.id],
    ["Title:", manifest.title],
    ["Version:", manifest.version],
    ["Size:", bytesText(source.size)],
    ["Root hash:", hex(archive.header.rootHash)],
    ["Signer:", hex(archive.header.signer)],
    ["Images:", Object.keys(manifest.images).join(", ")],
    ["Volumes:", manifest.volumes.join(", ")],
    ["Needs:", Object.keys(manifest.dependencies).join(", ")],
  ]
    .filter(([, value]) => value !== "")
    .map((row) => row.map(escapeControls));
  terminal.out(alignRows(facts));
  terminal.out("\nContents:\n");
  terminal.out(alignRows(rowsOf(archive.root)));
  return exitCodes.ok;
}

function rowsOf(node: ArchiveNode): readonly (readonly string[])[] {
  if (node.kind === "directory") return [...node.children.values()].flatMap(rowsOf);
  const state = node.kind === "missing" ? " (left out)" : "";
  return [[`  ${bytesText(node.size)}`, `${escapeControls(node.path)}${state}`]];
}
