import { pathOf, isApiError } from "@freehold/client";

import { CliError, exitCodes } from "../cli-error.ts";
import { apiVersionOf, qualified } from "../connection/discovery.ts";
import { Session } from "../connection/session.ts";
import { readOneTarget } from "../connection/targets.ts";
import { changeText } from "../history/change-text.ts";
import { restored } from "../history/restored.ts";
import {
  type ObjectName,
  type ReadRevision,
  readRevisions,
  revisionNumbered,
} from "../history/revision-list.ts";
import { wishDifferences } from "../history/wish-differences.ts";
import type { Invocation } from "../invocation.ts";
import { type Fields, fieldsOf } from "../json.ts";

/** `freehold rollback`: what an object was wished to be before, wished again; also of one that was deleted. */
export async function runRollback({ options, words, terminal, signal }: Invocation): Promise<number> {
  using session = new Session(options);
  const { transport } = session;
  const target = await readOneTarget(session, words);
  const { kind, name, namespace } = target;
  const revisions = await readRevisions(transport, target, signal);
  const path = pathOf(kind, { name, namespace });
  let current: Fields | undefined;
  try {
    current = fieldsOf(await transport.json({ method: "GET", path, signal }));
  } catch (error) {
    if (!isApiError(error, "NotFound")) throw error;
  }
  const chosen = chooseRevision(revisions, options.text("toRevision"), current, target);
  const identity = { apiVersion: apiVersionOf(kind), kind: kind.kind, name, namespace };
  const body = restored(chosen.object, current, identity);
  const isDry = options.text("dryRun") === "server";
  const query = `?fieldManager=freehold-rollback${isDry ? "&dryRun=All" : ""}`;
  const after = fieldsOf(
    await transport.json(
      current
        ? { method: "PUT", path: `${path}${query}`, body, signal }
        : { method: "POST", path: `${pathOf(kind, { namespace })}${query}`, body, signal },
    ),
  );
  for (const change of wishDifferences(current, after)) terminal.say(`  ${changeText(change)}\n`);
  const done = current ? "rolled back" : "created again";
  terminal.out(
    `${qualified(kind)}/${name} ${done} to revision ${chosen.revision}${isDry ? " (server dry run)" : ""}\n`,
  );
  return exitCodes.ok;
}

/** The one asked for; else the newest that wished something else than is wished now. */
function chooseRevision(
  revisions: readonly ReadRevision[],
  wanted: string | undefined,
  current: Fields | undefined,
  target: ObjectName,
): ReadRevision {
  if (wanted !== undefined) return revisionNumbered(revisions, wanted, target);
  const found = current
    ? revisions.find(({ object }) => wishDifferences(current, flat(object)).length > 0)
    : revisions[0];
  if (found) return found;
  throw new CliError(`Cannot roll back ${qualified(target.kind)} "${target.name}": it was never different`, {
    next: `see what is kept with: freehold history ${target.kind.singular} ${target.name}`,
  });
}

function flat({ labels, annotations, members }: Fields): Fields {
  return { metadata: { labels, annotations }, ...fieldsOf(members) };
}
