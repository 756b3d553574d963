import { existsSync } from "node:fs";
import { open } from "node:fs/promises";

import { CliError, exitCodes } from "../cli-error.ts";
import type { Invocation } from "../invocation.ts";
import { containerPlace } from "./container-place.ts";
import { followFile, readFrom, tailPosition } from "./log-file.ts";
import { SinceFilter, withoutStamp } from "./log-lines.ts";

/** `freehold logs`: what the container's processes wrote, from the agent's files. */
export async function runLogs({ options, words, signal }: Invocation): Promise<number> {
  const [target = ""] = words;
  const tail = options.count("tail");
  const sinceMs = options.durationMs("since");
  const { log } = await containerPlace(options, "show the logs of", target);
  const pieces = await openPieces(target, log, { tail, follow: options.flag("follow") ? signal : undefined });
  const show = options.flag("timestamps") ? (line: string): string => line : withoutStamp;
  const filter = sinceMs === undefined ? undefined : new SinceFilter(Date.now() - sinceMs);
  let isEmpty = true;
  for await (const line of linesOf(pieces)) {
    isEmpty = false;
    if (!filter || filter.passes(line)) await write(Buffer.from(show(line)));
  }
  if (!filter || filter.hasTimes || isEmpty || signal.aborted) return exitCodes.ok;
  throw new CliError(`Cannot tell what "${target}" logged in that time: its lines begin with no time`, {
    next: "restart it once, for it was started by an older version; or use --tail instead",
  });
}

/** The file that was put aside when it grew too long, as far as it is asked for, and the present one. */
async function openPieces(
  target: string,
  log: string,
  { tail, follow }: { readonly tail: number | undefined; readonly follow: AbortSignal | undefined },
): Promise<AsyncIterable<Buffer>> {
  const file = await open(log).catch((cause: unknown) => {
    throw new CliError(`Cannot show the logs of "${target}": "${log}" is not there`, {
      exitCode: exitCodes.notFound,
      next: "it has not been started yet; see freehold describe pkg",
      cause,
    });
  });
  const { position, missing } =
    tail === undefined ? { position: 0, missing: undefined } : await tailPosition(file, tail);
  return (async function* pieces() {
    await using present = file;
    if (missing !== 0) yield* readOlder(`${log}.1`, missing);
    yield* follow ? followFile(log, position, follow) : readFrom(present, position);
  })();
}

/** @param lines The last of them; all when undefined. */
async function* readOlder(path: string, lines: number | undefined): AsyncGenerator<Buffer> {
  if (!existsSync(path)) return;
  await using file = await open(path);
  yield* readFrom(file, lines === undefined ? 0 : (await tailPosition(file, lines)).position);
}

/** Lines with their line feeds; the last may have none. */
async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split(/(?<=\n)/);
    rest = lines.at(-1)?.endsWith("\n") === true ? "" : (lines.pop() ?? "");
    yield* lines;
  }
  if (rest !== "") yield rest;
}

function write(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(bytes)) resolve();
    else process.stdout.once("drain", resolve);
  });
}
