import { sourceSlice } from "../archive-source.ts";
import type { Archive, ArchiveDirectory, ArchiveNode } from "../archive.ts";
import { type ArchiveSink, emitArchive } from "./emit-archive.ts";
import { inRootOrder, inTableOrder, type PlannedDirectory, type PlannedNode } from "./planned-tree.ts";

/**
 * Writes the archive again with only the files `keep` accepts. The rest stays committed to, so the publisher's
 * signature holds. Every byte is verified on the way; code `corrupt` when one does not match.
 */
export async function filterArchive(
  archive: Archive,
  keep: (path: string) => boolean,
  sink: ArchiveSink,
): Promise<void> {
  const nameless = keepDirectory(archive, archive.root, keep);
  await emitArchive(nameless, archive.header, sink);
}

function keepDirectory(
  archive: Archive,
  directory: ArchiveDirectory,
  keep: (path: string) => boolean,
): PlannedDirectory {
  const children = [...directory.children].map(([name, node]) => keepNode(archive, name, node, keep));
  const { hash, size } = directory;
  const name = directory.path.split("/").at(-1) ?? "";
  return {
    kind: "directory",
    name,
    hash,
    size,
    children: name === "" ? inRootOrder(children) : inTableOrder(children),
  };
}

function keepNode(
  archive: Archive,
  name: string,
  node: ArchiveNode,
  keep: (path: string) => boolean,
): PlannedNode {
  const { hash, size, path } = node;
  const gap = { kind: "missing", name, hash, size } as const;
  switch (node.kind) {
    case "missing":
      return gap;
    case "file":
      return keep(path)
        ? { kind: "file", name, hash, size, content: sourceSlice(archive.source, node.position, size) }
        : gap;
    case "directory": {
      const planned = keepDirectory(archive, node, keep);
      return planned.children.some(({ kind }) => kind !== "missing") ? planned : gap;
    }
  }
}
