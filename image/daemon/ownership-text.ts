import { builtInKinds } from "@freehold/apis";
import type { GraphNode } from "@freehold/engine";

/** Who writes spec and status of each kind, as lines of a table. */
export function ownershipText(nodes: readonly GraphNode[]): string {
  const rows = builtInKinds.map((kind) => {
    const spec = nodes
      .filter(({ writesSpec }) => writesSpec.includes(kind.id))
      .map(({ controller }) => controller);
    const status = nodes
      .filter(({ writesStatus }) => writesStatus.includes(kind.id))
      .map(({ controller }) => controller);
    return [
      kind.id,
      kind.tier,
      spec.join(",") || othersOf(kind.tier),
      kind.hasStatus ? status.join(",") || "-" : "-",
    ];
  });
  return alignedText([["KIND", "TIER", "SPEC", "STATUS"], ...rows]);
}

/** Whose the spec is when no controller has claimed it: packages write through their effects. */
function othersOf(tier: string): string {
  return tier === "derived" ? "packages" : "people";
}

function alignedText(rows: readonly (readonly string[])[]): string {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)) + 3) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("")
          .trimEnd()}\n`,
    )
    .join("");
}
