import { open } from "node:fs/promises";

import { CliError, exitCodes } from "../cli-error.ts";
import type { Invocation } from "../invocation.ts";
import { containerPlace } from "./container-place.ts";
import { followFile, readFrom, tailPosition } from "./log-file.ts";
import { SinceFilter } from "./log-lines.ts";

/** `freehold logs`: what the container's processes wrote, from the agent's file. */
export async function runLogs({ options, words, signal }: Invocation): Promise<number> {
  const [target = ""] = words;
  const tail = options.count("tail");
  const sinceMs = options.durationMs("since");
  const { log } = await containerPlace(options, "show the logs of", target);
  await using file = await open(log).catch((cause: unknown) => {
    throw new CliError(`Cannot show the logs of "${target}": "${log}" is not there`, {
      exitCode: exitCodes.notFound,
      next: "it has not been started yet; see freehold describe pkg",
      cause,
    });
  });
  const start = tail === undefined ? 0 : await tailPosition(file, tail);
  const pieces = options.flag("follow") ? followFile(log, start, signal) : readFrom(file, start);
  if (sinceMs === undefined) {
    for await (const piece of pieces) await write(piece);
    return exitCodes.ok;
  }
  const filter = new SinceFilter(Date.now() - sinceMs);
  for await (const line of linesOf(pieces)) if (filter.passes(line)) await write(Buffer.from(line));
  if (filter.hasTimes || start === (await file.stat()).size) return exitCodes.ok;
  throw new CliError(`Cannot tell what "${target}" logged in that time: its lines begin with no time`, {
    next: "use --tail instead",
  });
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
