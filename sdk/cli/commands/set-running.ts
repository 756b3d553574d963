import { pathOf } from "@freehold/client";

import { exitCodes } from "../cli-error.ts";
import { qualified } from "../connection/discovery.ts";
import { Session } from "../connection/session.ts";
import type { Invocation, Run } from "../invocation.ts";
import { awaitAll, DEFAULT_WAIT_MS } from "../waiting/await-ready.ts";
import { conditionGoal } from "../waiting/goal.ts";

/** `freehold start`. */
export const runStart: Run = (invocation) => setRunning(invocation, true);

/** `freehold stop`. */
export const runStop: Run = (invocation) => setRunning(invocation, false);

async function setRunning(
  { terminal, options, words, signal }: Invocation,
  running: boolean,
): Promise<number> {
  const [name = ""] = words;
  using session = new Session(options);
  const { transport, namespace } = session;
  const kind = await session.kind("packages.package.freehold.dev");
  await transport.json({
    method: "PATCH",
    path: pathOf(kind, { name, namespace }, { fieldManager: "freehold" }),
    body: { spec: { running } },
    contentType: "application/merge-patch+json",
    signal,
  });
  const title = `${qualified(kind)}/${name}`;
  terminal.out(`${title} ${running ? "to be started" : "to be stopped"}\n`);
  if (!options.flag("wait")) return exitCodes.ok;
  const timeoutMs = options.durationMs("timeout") ?? DEFAULT_WAIT_MS;
  // A package that is stopped as wished is Ready too.
  await awaitAll(
    { transport, terminal, signal, timeoutMs },
    [{ kind, name, namespace }],
    conditionGoal("Ready", "True"),
  );
  terminal.out(`${title} ${running ? "started" : "stopped"}\n`);
  return exitCodes.ok;
}
