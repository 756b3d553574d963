import { resolve } from "node:path";

import { openArchive, readManifest } from "@freehold/s9pk";

import { applyObject } from "../apply/apply-object.ts";
import { Placer } from "../apply/placer.ts";
import { exitCodes } from "../cli-error.ts";
import { Session } from "../connection/session.ts";
import type { Invocation } from "../invocation.ts";
import { openArchiveFile } from "../s9pk/open-file.ts";
import { awaitAll, DEFAULT_WAIT_MS } from "../waiting/await-ready.ts";
import { conditionGoal } from "../waiting/goal.ts";

/** `freehold install`: applies a Package whose archive lies on this machine, which must be the server's. */
export async function runInstall({ terminal, options, words, signal }: Invocation): Promise<number> {
  const file = resolve(words[0] ?? "");
  const name = options.text("name") ?? (await packageIdOf(file));
  using session = new Session(options);
  const apiVersion = "package.freehold.dev/v1alpha1";
  const placed = await new Placer(session, options).place({
    object: { apiVersion, kind: "Package", metadata: { name }, spec: { source: { file } } },
    apiVersion,
    kind: "Package",
    name,
    namespace: undefined,
    where: file,
  });
  const { transport } = session;
  const { did } = await applyObject(placed, { transport, dryRun: "none", annotate: true, signal });
  terminal.out(`${placed.title} ${did}\n`);
  if (!options.flag("wait")) return exitCodes.ok;
  const timeoutMs = options.durationMs("timeout") ?? DEFAULT_WAIT_MS;
  await awaitAll({ transport, terminal, signal, timeoutMs }, [placed], conditionGoal("Ready", "True"));
  terminal.out(`${placed.title} ready\n`);
  return exitCodes.ok;
}

async function packageIdOf(file: string): Promise<string> {
  await using source = await openArchiveFile(file);
  return (await readManifest(await openArchive(source))).id;
}
