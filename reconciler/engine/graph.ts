import type { Kind } from "@freehold/apis";

/** One controller's edges. */
export interface GraphNode {
  readonly controller: string;
  readonly shape: "transformer" | "realizer" | "sensor";
  readonly reads: readonly string[];
  readonly writesSpec: readonly string[];
  readonly writesStatus: readonly string[];
}

const idsOf = (kinds: readonly Kind[]): readonly string[] => kinds.map((kind) => kind.id);

/** What a transformer's declaration says of its edges. */
export function transformerNode(transformer: {
  readonly name: string;
  readonly input: Kind;
  readonly outputs: readonly Kind[];
  readonly reads: readonly Kind[];
  readonly summarise?: unknown;
}): GraphNode {
  const { name, input, outputs, reads, summarise } = transformer;
  return {
    controller: name,
    shape: "transformer",
    reads: idsOf([input, ...reads]),
    writesSpec: idsOf(outputs),
    writesStatus: summarise === undefined ? [] : [input.id],
  };
}

export function realizerNode(realizer: {
  readonly name: string;
  readonly kind: Kind;
  readonly reads?: readonly Kind[];
}): GraphNode {
  const { name, kind, reads = [] } = realizer;
  return {
    controller: name,
    shape: "realizer",
    reads: idsOf([kind, ...reads]),
    writesSpec: [],
    writesStatus: [kind.id],
  };
}

export function sensorNode(sensor: { readonly name: string; readonly outputs: readonly Kind[] }): GraphNode {
  const outputs = idsOf(sensor.outputs);
  return { controller: sensor.name, shape: "sensor", reads: [], writesSpec: outputs, writesStatus: outputs };
}

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
