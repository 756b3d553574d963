import { exitCodes, usageError } from "../cli-error.ts";
import { apiVersionOf } from "../connection/discovery.ts";
import { Session } from "../connection/session.ts";
import { readOneTarget } from "../connection/targets.ts";
import { summaryOf } from "../history/change-text.ts";
import { restored } from "../history/restored.ts";
import { type ReadRevision, readRevisions, revisionNumbered } from "../history/revision-list.ts";
import type { Invocation } from "../invocation.ts";
import { ageText } from "../output/amounts.ts";
import { yamlText } from "../output/object-text.ts";
import { alignRows, escapeControls } from "../output/table.ts";

/** `freehold history`: who changed an object, when, from where, and what. */
export async function runHistory({ options, words, terminal, signal }: Invocation): Promise<number> {
  using session = new Session(options);
  const target = await readOneTarget(session, words);
  const revisions = await readRevisions(session.transport, target, signal);
  const wanted = options.text("revision");
  if (wanted !== undefined) {
    const { object } = revisionNumbered(revisions, wanted, target);
    const { kind, name, namespace } = target;
    const identity = { apiVersion: apiVersionOf(kind), kind: kind.kind, name, namespace };
    terminal.out(yamlText(restored(object, undefined, identity)));
    return exitCodes.ok;
  }
  switch (options.text("output")) {
    case "json":
      terminal.out(`${JSON.stringify(revisions, undefined, 4)}\n`);
      return exitCodes.ok;
    case "yaml":
      terminal.out(yamlText(revisions));
      return exitCodes.ok;
    case undefined:
      terminal.out(table(revisions, Date.now()));
      return exitCodes.ok;
    default:
      throw usageError(`Cannot use -o "${options.text("output") ?? ""}": wanted json or yaml`);
  }
}

function table(revisions: readonly ReadRevision[], now: number): string {
  const rows = revisions.map((revision) => [
    revision.revision,
    ageText((now - Date.parse(revision.time)) / 1000),
    escapeControls(revision.user),
    escapeControls(revision.manager),
    escapeControls(revision.from),
    revision.verb,
    summaryOf(revision),
  ]);
  return alignRows([["REVISION", "AGE", "USER", "MANAGER", "FROM", "VERB", "CHANGES"], ...rows]);
}
