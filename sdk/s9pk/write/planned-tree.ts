import type { ArchiveSource } from "../archive-source.ts";
import { compareNames, sighashOf, tableSizeOf } from "../format/table.ts";

interface Committed {
  readonly name: string;
  readonly hash: Uint8Array;
  readonly size: number;
}
export interface PlannedFile extends Committed {
  readonly kind: "file";
  readonly content: ArchiveSource;
}
export interface PlannedGap extends Committed {
  readonly kind: "missing";
}
export interface PlannedDirectory extends Committed {
  readonly kind: "directory";
  readonly children: readonly PlannedNode[];
}
/** What will be written; hashes are known, positions are not. */
export type PlannedNode = PlannedFile | PlannedGap | PlannedDirectory;

const classOrder = { directory: 0, file: 1, missing: 2 } as const;

/** A directory to be signed anew: its size bound is what its table has with everything present. */
export function plannedDirectory(name: string, children: readonly PlannedNode[]): PlannedDirectory {
  return {
    kind: "directory",
    name,
    hash: sighashOf(children),
    size: tableSizeOf(children),
    children: name === "" ? inRootOrder(children) : inTableOrder(children),
  };
}

/** Directories, then files, then gaps, each by name bytes (section 1.3). */
export function inTableOrder(children: readonly PlannedNode[]): readonly PlannedNode[] {
  return [...children].sort(
    (a, b) => classOrder[a.kind] - classOrder[b.kind] || compareNames(a.name, b.name),
  );
}

const rootOrder = [
  /^manifest\.json$/u,
  /^icon\./u,
  /^LICENSE\.md$/u,
  /^instructions\.md$/u,
  /^dependencies$/u,
  /^javascript\.squashfs$/u,
  /^assets\.squashfs$/u,
  /^images$/u,
];

/** As `inTableOrder`, but what a person wants to see comes first, so that a slow download can show it early. */
export function inRootOrder(children: readonly PlannedNode[]): readonly PlannedNode[] {
  const rank = ({ name, kind }: PlannedNode) => {
    const index = rootOrder.findIndex((pattern) => pattern.test(name));
    return kind === "missing" || index < 0 ? rootOrder.length : index;
  };
  return [...inTableOrder(children)].sort(
    (a, b) => classOrder[a.kind] - classOrder[b.kind] || rank(a) - rank(b),
  );
}
