import { setTimeout as pause } from "node:timers/promises";

import type { Answer, ServerFixture } from "./server-fixture.ts";

export const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
export const WIDGETS = "/apis/demo.example.com/v1/namespaces/default/widgets";

/** Asks until the answer is as wanted; the test's own deadline ends it. */
export async function eventually(
  { ask }: Pick<ServerFixture, "ask">,
  path: string,
  is: (answer: Answer) => boolean,
): Promise<Answer> {
  for (;;) {
    const answer = await ask(path);
    if (is(answer)) return answer;
    await pause(5);
  }
}

/** Creates a definition and waits until its kind is served. Throws Error when it is refused. */
export async function define(fixture: ServerFixture, definition: object, path = WIDGETS): Promise<void> {
  const { status, text } = await fixture.ask(DEFINITIONS, { method: "POST", body: definition });
  if (status !== 201) throw new Error(`Cannot define: ${text}`);
  await eventually(fixture, path, (answer) => answer.status === 200);
}

/** Puts a changed definition in the place of the old one. Throws Error when it is refused. */
export async function redefine(
  fixture: ServerFixture,
  name: string,
  change: (spec: Record<string, unknown>) => object,
): Promise<void> {
  const { json } = await fixture.ask(`${DEFINITIONS}/${name}`);
  const body = { ...json, spec: change(structuredClone(json["spec"]) as Record<string, unknown>) };
  const { status, text } = await fixture.ask(`${DEFINITIONS}/${name}`, { method: "PUT", body });
  if (status !== 200) throw new Error(`Cannot redefine: ${text}`);
}
