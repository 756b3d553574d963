import { compareText } from "../json/compare-text.ts";
import { type FieldsV1 } from "./fields-v1.ts";
import type { Manager } from "./managers.ts";
import { showPaths } from "./show-paths.ts";

/** Fields an apply would change though another manager owns them. */
export interface Conflict {
  readonly manager: Manager;
  readonly fields: FieldsV1;
}

/** One cause of the 409, as clients match it. */
export interface ConflictCause {
  readonly reason: "FieldManagerConflict";
  /** `conflict with "kubectl-edit" using example.com/v1`. */
  readonly message: string;
  /** `.spec.size`. */
  readonly field: string;
}

export function conflictCauses(conflicts: readonly Conflict[]): readonly ConflictCause[] {
  return sorted(conflicts).flatMap(({ manager, fields }) =>
    showPaths(fields).map((field) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${showManager(manager)}`,
      field,
    })),
  );
}

/** The sentence above the causes, in Kubernetes' words. */
export function conflictMessage(conflicts: readonly Conflict[]): string {
  const causes = conflictCauses(conflicts);
  const [only] = causes;
  if (only && causes.length === 1) return `Apply failed with 1 conflict: ${only.message}: ${only.field}`;
  const lines = sorted(conflicts).flatMap(({ manager, fields }) => [
    `conflicts with ${showManager(manager)}:`,
    ...showPaths(fields).map((field) => `- ${field}`),
  ]);
  return `Apply failed with ${causes.length} conflicts: ${lines.join("\n")}`;
}

function sorted(conflicts: readonly Conflict[]): readonly Conflict[] {
  return [...conflicts].sort((a, b) => compareText(showManager(a.manager), showManager(b.manager)));
}

/** An applier is known by its name; whoever updated, by the version it used as well. */
function showManager({ manager, subresource, operation, apiVersion }: Manager): string {
  const where = subresource === "" ? "" : ` with subresource ${JSON.stringify(subresource)}`;
  const how = operation === "Update" ? ` using ${apiVersion}` : "";
  return `${JSON.stringify(manager)}${where}${how}`;
}
