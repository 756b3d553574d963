import type { Kind } from "@freehold/apis";

/** One controller's edges. */
export interface GraphNode {
  readonly controller: string;
  readonly shape: "transformer" | "realizer" | "sensor";
  readonly reads: readonly string[];
  readonly writesSpec: readonly string[];
  readonly writesStatus: readonly string[];
}

export const idsOf = (kinds: readonly Kind[]): readonly string[] => kinds.map((kind) => kind.id);

/** The controllers and kinds as a Graphviz graph, in a stable order. */
export function graphToDot(nodes: readonly GraphNode[]): string {
  const lines = nodes
    .toSorted((a, b) => (a.controller < b.controller ? -1 : 1))
    .flatMap((node) => [
      `  "${node.controller}" [shape=${node.shape === "realizer" ? "component" : "ellipse"}];`,
      ...node.reads.map((kind) => `  "${kind}" -> "${node.controller}";`),
      ...node.writesSpec.map((kind) => `  "${node.controller}" -> "${kind}" [label=spec];`),
      ...node.writesStatus.map((kind) => `  "${node.controller}" -> "${kind}" [label=status, style=dashed];`),
    ]);
  return `digraph freehold {\n  rankdir=LR;\n  node [shape=box];\n${lines.join("\n")}\n}\n`;
}
