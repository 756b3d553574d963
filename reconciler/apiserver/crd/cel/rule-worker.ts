import { parentPort } from "node:worker_threads";

import { loadPatterns } from "../pattern.ts";
import { checkRules } from "./check-rules.ts";
import { compileRules, type RuleTree } from "./compiled-rules.ts";
import type { RuleReply, RuleRequest } from "./rule-messages.ts";

/** The thread rules run in. It knows nothing of the server, and may be ended at any time. */
const trees = new Map<number, RuleTree | undefined>();

function answer(request: RuleRequest): RuleReply {
  if (request.type === "compile") {
    return { type: "compiled", faults: compileRules(request.schema, request.path).faults };
  }
  const { id, schema, value, old } = request;
  if (schema) trees.set(id, compileRules(schema, "").tree);
  const tree = trees.get(id);
  return { type: "checked", broken: tree ? checkRules(tree, value, old) : [] };
}

async function start(): Promise<void> {
  await loadPatterns();
  parentPort?.on("message", (request: RuleRequest) => parentPort?.postMessage(answer(request)));
  parentPort?.postMessage({ type: "ready" } satisfies RuleReply);
}

void start();
