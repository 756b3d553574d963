import { reasonsOf } from "../advice.ts";
import { exitCodes } from "../cli-error.ts";
import { listAll } from "../connection/list-all.ts";
import { queryOf, queryPath } from "../connection/query.ts";
import { Session } from "../connection/session.ts";
import { readTargets } from "../connection/targets.ts";
import type { Invocation } from "../invocation.ts";
import { type Fields, fieldsOf } from "../json.ts";
import { describeObject } from "../output/describe-object.ts";
import { eventsOf } from "../output/events-of.ts";

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
