import { parentPort } from "node:worker_threads";

import { loadPatterns } from "../pattern.ts";
import { checkRules } from "./check-rules.ts";
import { compileRules, type RuleTree } from "./compiled-rules.ts";
import type { RuleReply, RuleRequest } from "./rule-messages.ts";

/** The thread rules run in. It knows nothing of the server, and may be ended at any time. */
const trees = new Map<number, RuleTree | undefined>();

function answer(request: RuleRequest): RuleReply {
  switch (request.type) {
    case "compile":
      return { type: "compiled", faults: compileRules(request.schema, request.path).faults };
    case "learn":
      trees.set(request.id, compileRules(request.schema, "").tree);
      return { type: "learnt" };
    case "check": {
      if (!trees.has(request.id)) return { type: "unknown" };
      const tree = trees.get(request.id);
      return { type: "checked", broken: tree ? checkRules(tree, request.value, request.old) : [] };
    }
  }
}

async function start(): Promise<void> {
  await loadPatterns();
  parentPort?.on("message", (request: RuleRequest) => parentPort?.postMessage(answer(request)));
  parentPort?.postMessage({ type: "ready" } satisfies RuleReply);
}

void start();
