import type { ArchiveSource } from "../archive-source.ts";
import { hashSource } from "../content-hash.ts";
import { requireEntryName } from "../format/entry-name.ts";
import { signCommitment } from "../keys/signature.ts";
import type { SigningKey } from "../keys/signing-key.ts";
import { type ArchiveSink, emitArchive } from "./emit-archive.ts";
import { plannedDirectory, type PlannedFile, type PlannedNode } from "./planned-tree.ts";

/** Slash-separated path → content. Directories follow from the paths. */
export type ArchiveContents = ReadonlyMap<string, ArchiveSource>;

/**
 * Writes and signs an archive. The same contents and key give the same bytes, in the order upstream re-serialises them.
 * Names must be ASCII: readers disagree on the order of others. Contents are read twice and must not change meanwhile.
 */
export async function writeArchive(
  contents: ArchiveContents,
  key: SigningKey,
  sink: ArchiveSink,
): Promise<{ readonly rootHash: Uint8Array; readonly rootMaxSize: number }> {
  const files: [readonly string[], PlannedFile][] = [];
  for (const [path, content] of contents) {
    const names = path.split("/");
    for (const name of names) requireWritable(name, path);
    const hash = await hashSource(content);
    files.push([names, { kind: "file", name: names.at(-1) ?? "", hash, size: content.size, content }]);
  }
  const root = directoryOf("", files, 0);
  const commitment = { rootHash: root.hash, rootMaxSize: root.size };
  const signature = signCommitment(root.hash, root.size, key);
  await emitArchive(root, { signer: key.publicKey, signature, ...commitment }, sink);
  return commitment;
}

function directoryOf(name: string, files: readonly [readonly string[], PlannedFile][], depth: number) {
  const children: PlannedNode[] = [];
  for (const [child, below] of Map.groupBy(files, ([names]) => names[depth] ?? "")) {
    const [first] = below;
    const isFile = below.length === 1 && first?.[0].length === depth + 1;
    children.push(isFile ? first[1] : directoryOf(child, below, depth + 1));
  }
  return plannedDirectory(name, children);
}

function requireWritable(name: string, path: string): void {
  requireEntryName(name, path);
  // eslint-disable-next-line no-control-regex
  if (!/^[\u0020-\u007e]+$/u.test(name)) throw new TypeError(`Cannot write "${path}": its name is not ASCII`);
}
