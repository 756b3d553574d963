import { pathOf } from "@freehold/client";

import { reasonsOf } from "../advice.ts";
import { exitCodes } from "../cli-error.ts";
import type { ServedKind } from "../connection/discovery.ts";
import { listAll } from "../connection/list-all.ts";
import { queryOf, queryPath } from "../connection/query.ts";
import { Session } from "../connection/session.ts";
import { readTargets } from "../connection/targets.ts";
import type { Invocation } from "../invocation.ts";
import { field, type Fields, fieldsOf, listOf, textOf } from "../json.ts";
import { describeObject } from "../output/describe-object.ts";

/** `freehold describe`. */
export async function runDescribe({ options, words, terminal, signal }: Invocation): Promise<number> {
  using session = new Session(options);
  const query = queryOf(options, session.namespace);
  const objects: Fields[] = [];
  for (const { kind, names } of await readTargets(session, words)) {
    if (names.length === 0) objects.push(...(await listAll(session.transport, kind, query, signal)).items);
    for (const name of names) {
      const path = queryPath(kind, query, name);
      objects.push(fieldsOf(await session.transport.json({ method: "GET", path, signal })));
    }
  }
  const eventKind = await session.kind("events");
  const texts: string[] = [];
  for (const object of objects) {
    const events = await eventsOf(session, eventKind, object);
    const reasons = await reasonsOf(object);
    texts.push(describeObject({ object, events, reasons, now: Date.now(), colours: terminal.colours }));
  }
  if (texts.length === 0) terminal.say("No resources found\n");
  terminal.out(texts.join("\n\n"));
  return exitCodes.ok;
}

/** Events about an object, oldest first. Those of objects without a namespace are kept in the default one. */
async function eventsOf(session: Session, kind: ServedKind, object: Fields): Promise<readonly Fields[]> {
  const text = (name: string): string => textOf(field(object, "metadata", name)) ?? "";
  const fieldSelector = `involvedObject.name=${text("name")},involvedObject.uid=${text("uid")}`;
  const path = pathOf(kind, { namespace: text("namespace") || "default" }, { fieldSelector });
  const answer = await session.transport.json({ method: "GET", path });
  return listOf(field(answer, "items"))
    .map(fieldsOf)
    .toSorted((a, b) => ((textOf(a["lastTimestamp"]) ?? "") < (textOf(b["lastTimestamp"]) ?? "") ? -1 : 1));
}
