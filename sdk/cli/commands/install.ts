import { createReadStream } from "node:fs";
import { basename, resolve } from "node:path";

import { uploadArchive } from "@freehold/client";

import { applyObject } from "../apply/apply-object.ts";
import { Placer } from "../apply/placer.ts";
import { exitCodes } from "../cli-error.ts";
import { Session } from "../connection/session.ts";
import type { Invocation } from "../invocation.ts";
import { Pace } from "../output/pace.ts";
import { ProgressBoard } from "../output/progress-board.ts";
import { stepsText } from "../output/progress-text.ts";
import { openArchiveFile, readArchive, readPackageId } from "../s9pk/open-file.ts";
import { awaitAll, DEFAULT_WAIT_MS } from "../waiting/await-ready.ts";
import { conditionGoal } from "../waiting/goal.ts";

const PIECE_BYTES = 256 * 1024;

/** `freehold install`: uploads an archive, then applies a Package that is made from it. */
export async function runInstall(invocation: Invocation): Promise<number> {
  const { terminal, options, words, signal } = invocation;
  const file = resolve(words[0] ?? "");
  await using source = await openArchiveFile(file);
  const archive = await readArchive(file, source);
  const name = options.text("name") ?? (await readPackageId(file, archive));
  using session = new Session(options);
  const rootHash = Buffer.from(archive.header.rootHash).toString("hex");
  if (!options.flag("in-place")) await upload(invocation, session, { file, size: source.size, rootHash });
  const apiVersion = "package.freehold.dev/v1alpha1";
  const from = options.flag("in-place") ? { file } : { archive: rootHash };
  const placed = await new Placer(session, options).place({
    object: { apiVersion, kind: "Package", metadata: { name }, spec: { source: from } },
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

async function upload(
  { terminal, signal }: Invocation,
  { transport, namespace }: Session,
  { file, size, rootHash }: { readonly file: string; readonly size: number; readonly rootHash: string },
): Promise<void> {
  using board = new ProgressBoard(terminal);
  const pace = new Pace(() => performance.now() / 1000);
  await uploadArchive(transport, {
    rootHash,
    size,
    namespace,
    signal,
    read: (start, end) => createReadStream(file, { start, end: end - 1, highWaterMark: PIECE_BYTES }),
    onProgress: (progress) => {
      const line = stepsText({ ...progress, unit: "bytes", ...pace.of(progress) });
      board.set(file, `${basename(file)}  ${line}`);
    },
  });
}
