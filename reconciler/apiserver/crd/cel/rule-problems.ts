import type { Problem } from "@freehold/apis";

import type { BrokenRule } from "./check-rules.ts";

/** A broken rule in Kubernetes' words; the reason is the rule's own. */
export function brokenRuleProblem({ path, type, reason, message }: BrokenRule): Problem {
  switch (reason) {
    case "FieldValueForbidden":
      return { path, reason, message: `Forbidden: ${message}` };
    case "FieldValueRequired":
      return { path, reason, message: `Required value: ${message}` };
    case "FieldValueDuplicate":
      return { path, reason, message: `Duplicate value: "${type}": ${message}` };
    default:
      return { path, reason: "FieldValueInvalid", message: `Invalid value: "${type}": ${message}` };
  }
}
