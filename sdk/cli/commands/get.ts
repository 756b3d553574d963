import { exitCodes, usageError } from "../cli-error.ts";
import { queryOf } from "../connection/query.ts";
import { Session } from "../connection/session.ts";
import { readTargets } from "../connection/targets.ts";
import type { Invocation } from "../invocation.ts";
import { getObjects } from "./get-objects.ts";
import { getTables } from "./get-tables.ts";

/** `freehold get`. */
export async function runGet(invocation: Invocation): Promise<number> {
  const { options, words } = invocation;
  using session = new Session(options);
  const targets = await readTargets(session, words);
  const query = queryOf(options, session.namespace);
  const format = options.text("output") ?? "table";
  if (options.flag("watch") && targets.length > 1) {
    throw usageError(`Cannot watch ${targets.length} kinds at once`, "name one kind, or one object");
  }
  const get = { invocation, session, targets, query };
  if (format === "table" || format === "wide") await getTables(get, format === "wide");
  else await getObjects(get, format);
  return exitCodes.ok;
}
