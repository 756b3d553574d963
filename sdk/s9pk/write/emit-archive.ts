import { ArchiveError } from "../archive-error.ts";
import { equalBytes } from "../archive.ts";
import { hashSource } from "../content-hash.ts";
import { encodeHeader, type Header, headerSize } from "../format/header.ts";
import { encodeTable, type Entry, tableSizeOf } from "../format/table.ts";
import type { PlannedDirectory, PlannedNode } from "./planned-tree.ts";

/** Takes the archive's bytes in order. */
export type ArchiveSink = (bytes: Uint8Array) => Promise<void>;

/** Writes header, tables and contents breadth-first, as upstream does, and hashes every byte again on the way. */
export async function emitArchive(
  root: PlannedDirectory,
  signed: Pick<Header, "signer" | "signature" | "rootHash" | "rootMaxSize">,
  sink: ArchiveSink,
): Promise<void> {
  const layout = layoutOf(root);
  await sink(encodeHeader({ ...signed, tablePosition: headerSize, tableSize: tableSizeOf(root.children) }));
  for (const node of layout.keys()) {
    if (node.kind === "directory") {
      await sink(encodeTable(node.children.map((child) => entryOf(child, layout))));
    } else if (node.kind === "file") {
      const hash = await hashSource(node.content, { onBlock: sink });
      if (!equalBytes(hash, node.hash)) {
        throw new ArchiveError(
          "corrupt",
          node.name,
          `Cannot write "${node.name}": its content does not match its hash`,
        );
      }
    }
  }
}

/** Position of every body, in the order they are written; gaps have none and are left out. */
function layoutOf(root: PlannedDirectory): ReadonlyMap<PlannedNode, number> {
  const positions = new Map<PlannedNode, number>();
  const queue: PlannedNode[] = [root];
  let position = headerSize;
  // The queue grows while it is walked: that is what makes the order breadth-first.
  for (const node of queue) {
    if (node.kind === "missing") continue;
    positions.set(node, position);
    position += node.kind === "directory" ? tableSizeOf(node.children) : node.content.size;
    if (node.kind === "directory") queue.push(...node.children);
  }
  return positions;
}

function entryOf(node: PlannedNode, layout: ReadonlyMap<PlannedNode, number>): Entry {
  const { name, hash, size } = node;
  const position = layout.get(node) ?? 0;
  switch (node.kind) {
    case "missing":
      return { kind: "missing", name, hash, size };
    case "file":
      return { kind: "file", name, hash, size, position };
    case "directory":
      return { kind: "directory", name, hash, size, position, tableSize: tableSizeOf(node.children) };
  }
}
