import { isApiError, pathOf } from "@freehold/client";

import { Placer } from "../apply/placer.ts";
import { CliError, exitCodes, usageError } from "../cli-error.ts";
import { qualified } from "../connection/discovery.ts";
import { listAll } from "../connection/list-all.ts";
import { queryOf } from "../connection/query.ts";
import { Session } from "../connection/session.ts";
import { readTargets } from "../connection/targets.ts";
import type { Invocation } from "../invocation.ts";
import { field, isFields, textOf } from "../json.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import { ProgressBoard } from "../output/progress-board.ts";
import { progressText } from "../output/progress-text.ts";
import { awaitGoal, type Waited } from "../waiting/await-goal.ts";
import { type Goal, deletionGoal } from "../waiting/goal.ts";

/** `freehold delete`: asks for every deletion first, then waits for all. */
export async function runDelete(invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  using session = new Session(options);
  const objects = await meantObjects(invocation, session);
  const asked: { waited: Waited; uid: string | undefined }[] = [];
  for (const waited of objects) {
    const path = pathOf(waited.kind, waited);
    try {
      const body = { propagationPolicy: "Background" };
      const answer = await session.transport.json({ method: "DELETE", path, body, signal });
      const uid = textOf(field(answer, "metadata", "uid")) ?? textOf(field(answer, "details", "uid"));
      asked.push({ waited, uid });
      terminal.out(`${qualified(waited.kind)} "${waited.name}" deleted\n`);
    } catch (error) {
      if (!(options.flag("ignoreNotFound") && isApiError(error, "NotFound"))) throw error;
    }
  }
  if (objects.length === 0) terminal.say("No resources found\n");
  if (!options.isOff("wait")) await awaitGone(invocation, session, asked);
  return exitCodes.ok;
}

async function meantObjects(
  { options, words, signal }: Invocation,
  session: Session,
): Promise<readonly Waited[]> {
  if (options.texts("filename").length > 0) {
    if (words.length > 0) throw usageError("Cannot take -f together with words", "give one of them");
    const placer = new Placer(session, options);
    const manifests = await readManifests(options);
    // What was made first may be needed by what came after it.
    const placed = [];
    for (const manifest of manifests) placed.unshift(await placer.place(manifest));
    return placed;
  }
  if (words.length === 0)
    throw usageError("Cannot tell what to delete", "name a kind and objects, or give -f FILE");
  const query = queryOf(options, session.namespace);
  const found: Waited[] = [];
  for (const { kind, names } of await readTargets(session, words)) {
    const namespace = kind.scope === "Namespaced" ? query.namespace : undefined;
    if (names.length > 0) {
      if (kind.scope === "Namespaced" && namespace === undefined) {
        throw usageError("Cannot delete by name in all namespaces", "give --namespace in place of -A");
      }
      found.push(...names.map((name) => ({ kind, name, namespace })));
      continue;
    }
    if (!options.flag("all") && query.labelSelector === undefined) {
      throw usageError(
        `Cannot tell which ${kind.plural} to delete`,
        "name them, or give --all or --selector",
      );
    }
    const { items } = await listAll(session.transport, kind, query, signal);
    for (const item of items) {
      const text = (name: string): string | undefined => textOf(field(item, "metadata", name));
      found.push({ kind, name: text("name") ?? "", namespace: text("namespace") });
    }
  }
  return found;
}

async function awaitGone(
  { options, terminal, signal }: Invocation,
  session: Session,
  asked: readonly { waited: Waited; uid: string | undefined }[],
): Promise<void> {
  const timeoutMs = options.durationMs("timeout");
  using board = new ProgressBoard(terminal);
  const until = timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const left: string[] = [];
  await Promise.all(
    asked.map(async ({ waited, uid }) => {
      const title = `${qualified(waited.kind)}/${waited.name}`;
      let last = "";
      const isGone = await awaitGoal(session.transport, waited, goneGoal(uid), {
        signal: until,
        onSeen: (object) => {
          last = `${title}: ${progressText(object)}`;
          board.set(title, last);
        },
      });
      board.remove(title);
      if (!isGone) left.push(last);
    }),
  );
  signal.throwIfAborted();
  if (left.length === 0) return;
  throw new CliError(
    `timed out after ${(timeoutMs ?? 0) / 1000} s waiting for deletion\n  ${left.join("\n  ")}`,
    {
      exitCode: exitCodes.timedOut,
      next: "freehold describe shows what holds it; deletion goes on meanwhile",
    },
  );
}

/** A namesake that was made meanwhile is another object. */
function goneGoal(uid: string | undefined): Goal {
  return {
    ...deletionGoal,
    isMet: (object) =>
      deletionGoal.isMet(object) ||
      (uid !== undefined && isFields(object) && field(object, "metadata", "uid") !== uid),
  };
}
