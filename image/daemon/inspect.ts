import { graphToDot } from "@freehold/engine";

import { controllerGraph } from "./controller-graph.ts";
import { ownershipText } from "./ownership-text.ts";

const USAGE = `usage: freehold inspect graph|ownership
  graph       the controllers and the kinds they read and write, for Graphviz: freehold inspect graph | dot -Tsvg
  ownership   who writes spec and status of each kind
`;

// What the code declares; no server is asked, so it answers before there is one.
const [what = ""] = process.argv.slice(2);
if (what === "graph") process.stdout.write(graphToDot(controllerGraph()));
else if (what === "ownership") process.stdout.write(ownershipText(controllerGraph()));
else if (what === "--help" || what === "-h") process.stdout.write(USAGE);
else {
  process.stderr.write(`error: Cannot inspect "${what}": wanted graph or ownership\n${USAGE}`);
  process.exitCode = 2;
}
