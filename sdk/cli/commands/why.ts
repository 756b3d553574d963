import { pathOf } from "@freehold/client";

import { reasonsOf, reportedKinds } from "../advice.ts";
import { exitCodes } from "../cli-error.ts";
import { qualifiedPlural } from "../connection/discovery.ts";
import { listAll } from "../connection/list-all.ts";
import { Session } from "../connection/session.ts";
import { readOneTarget } from "../connection/targets.ts";
import type { ObjectName, ReadRevision } from "../history/revision-list.ts";
import { readRevisions } from "../history/revision-list.ts";
import type { Invocation } from "../invocation.ts";
import { fieldsOf } from "../json.ts";
import { eventsOf } from "../output/events-of.ts";
import { type Cause, findCauses, rootsOf } from "../why/find-causes.ts";
import type { KnownWorld } from "../why/known-object.ts";
import { causeText, type RootFacts, whyText } from "../why/why-text.ts";

/** `freehold why`: from an object that is not as wished down to what makes it so. */
export async function runWhy({ options, words, terminal, signal }: Invocation): Promise<number> {
  using session = new Session(options);
  const target = await readOneTarget(session, words);
  const { transport } = session;
  const { kind, name, namespace } = target;
  // First, so that a wrong name is told before anything else is read.
  const path = pathOf(kind, { name, namespace });
  const object = fieldsOf(await transport.json({ method: "GET", path, signal }));
  const world = await everything(session, signal);
  const uid = fieldsOf(object["metadata"])["uid"];
  const whole = world.objects.find((known) => fieldsOf(known.object["metadata"])["uid"] === uid) ?? {
    kind,
    object,
    isReported: false,
  };
  const cause = findCauses(whole, world);
  const roots = await Promise.all(rootsOf(cause).map((root) => factsOf(session, root)));
  const [latest] = await revisionsOf(session, target, signal);
  if (options.text("output") === "json") {
    const facts = { causes: rootsOf(cause).map(causeText), lastChange: latest };
    terminal.out(`${JSON.stringify(facts, undefined, 4)}\n`);
    return exitCodes.ok;
  }
  terminal.out(whyText({ cause, roots, latest, now: Date.now(), colours: terminal.colours }));
  return exitCodes.ok;
}

/** Objects of every kind that reports how it is. */
async function everything(session: Session, signal: AbortSignal): Promise<KnownWorld> {
  const kinds = (await session.kinds()).filter(
    ({ hasStatus, verbs, group }) => hasStatus && group !== "" && verbs.includes("list"),
  );
  const reported = await reportedKinds();
  const query = { namespace: undefined, labelSelector: undefined, fieldSelector: undefined };
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const { items } = await listAll(session.transport, kind, query, signal);
      const isReported = reported.has(qualifiedPlural(kind));
      return items.map((object) => ({ kind, object, isReported }));
    }),
  );
  return { kinds, objects: lists.flat() };
}

async function factsOf(session: Session, root: Cause): Promise<RootFacts> {
  if (root.type === "missing") return { root, events: [], advice: undefined };
  const { object } = root.known;
  const reasons = await reasonsOf(object);
  const { standing } = root;
  const reason = "condition" in standing ? standing.condition.reason : "";
  return {
    root,
    events: await eventsOf(session, await session.kind("events"), object),
    advice: Object.hasOwn(reasons, reason) ? reasons[reason] : undefined,
  };
}

/** None for kinds that keep no history, and for objects nobody wrote since it is kept. */
async function revisionsOf(
  session: Session,
  target: ObjectName,
  signal: AbortSignal,
): Promise<readonly ReadRevision[]> {
  try {
    return await readRevisions(session.transport, target, signal);
  } catch {
    return [];
  }
}
