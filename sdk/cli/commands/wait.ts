import { CliError, exitCodes, usageError } from "../cli-error.ts";
import { qualified } from "../connection/discovery.ts";
import { listAll } from "../connection/list-all.ts";
import { type Query, queryOf, queryPath } from "../connection/query.ts";
import { Session } from "../connection/session.ts";
import { readTargets, type Target } from "../connection/targets.ts";
import type { Invocation } from "../invocation.ts";
import { field, type Fields, textOf } from "../json.ts";
import { progressText } from "../output/progress-text.ts";
import { awaitGoal, type Waited } from "../waiting/await-goal.ts";
import { type Goal, parseGoal } from "../waiting/goal.ts";

const DEFAULT_MS = 30_000;

/** `freehold wait`. */
export async function runWait(invocation: Invocation): Promise<number> {
  const { options, words, terminal, signal } = invocation;
  const what = options.text("for");
  if (what === undefined)
    throw usageError("Cannot tell what to wait for", "give --for condition=Ready, for example");
  const goal = parseGoal(what);
  using session = new Session(options);
  const targets = await readTargets(session, words);
  const query = queryOf(options, session.namespace);
  if (
    targets.some(({ names }) => names.length === 0) &&
    !options.flag("all") &&
    query.labelSelector === undefined
  ) {
    throw usageError("Cannot tell which objects to wait for", "name them, or give --all or --selector");
  }
  const timeoutMs = options.durationMs("timeout") ?? DEFAULT_MS;
  const until = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, timeoutMs))]);
  const waited = await waitedOf(session, targets, query, { goal, signal });
  const unmet: string[] = [];
  await Promise.all(
    waited.map(async (one) => {
      let last: Fields | undefined;
      const onSeen = (object: Fields | undefined): void => {
        last = object;
      };
      const isMet = await awaitGoal(session.transport, one, goal, { signal: until, onSeen });
      const title = `${qualified(one.kind)}/${one.name}`;
      if (isMet) terminal.out(`${title} ${goal.title === "delete" ? "deleted" : "condition met"}\n`);
      else unmet.push(`${title}: ${progressText(last)}`);
    }),
  );
  signal.throwIfAborted();
  if (unmet.length === 0) return exitCodes.ok;
  throw new CliError(
    `timed out after ${timeoutMs / 1000} s waiting for ${goal.title}\n  ${unmet.join("\n  ")}`,
    {
      exitCode: exitCodes.timedOut,
      next: "freehold describe shows more; give a longer --timeout",
    },
  );
}

async function waitedOf(
  session: Session,
  targets: readonly Target[],
  query: Query,
  { goal, signal }: { readonly goal: Goal; readonly signal: AbortSignal },
): Promise<readonly Waited[]> {
  const waited: Waited[] = [];
  for (const { kind, names } of targets) {
    const namespace = kind.scope === "Namespaced" ? query.namespace : undefined;
    for (const name of names) {
      // Fails with what the server says of an object that is not there and is not awaited.
      const path = queryPath(kind, query, name);
      if (!goal.allowsAbsence) await session.transport.json({ method: "GET", path, signal });
      waited.push({ kind, name, namespace });
    }
    if (names.length > 0) continue;
    const { items } = await listAll(session.transport, kind, query, signal);
    waited.push(...items.map((item) => ({ kind, ...placeOf(item) })));
  }
  if (waited.length > 0 || goal.title === "delete") return waited;
  throw new CliError("no matching resources found", {
    exitCode: exitCodes.notFound,
    next: "check the namespace and the selector with freehold get",
  });
}

function placeOf(item: Fields): { name: string; namespace: string | undefined } {
  const text = (name: string): string | undefined => textOf(field(item, "metadata", name));
  return { name: text("name") ?? "", namespace: text("namespace") };
}
