import { existsSync } from "node:fs";
import { readFile, rename, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { parseSigningKey, type SigningKey } from "@freehold/s9pk";

import { CliError, exitCodes, usageError } from "../cli-error.ts";
import type { Invocation } from "../invocation.ts";

/** `freehold s9pk pack`. */
export async function runPack({ terminal, options, words, signal }: Invocation): Promise<number> {
  const directory = resolve(words[0] ?? "");
  const keyFile = options.text("key");
  if (keyFile === undefined) {
    throw usageError("Cannot sign the archive: no --key", "freehold s9pk keygen developer.key.pem makes one");
  }
  const key = await readKey(keyFile);
  await requireDirectory(directory);
  const { packPackage } = await import("@freehold/s9pk/pack");
  const given = options.text("output");
  const output = resolve(given ?? `.${process.pid}.s9pk.new`);
  const { id, version, rootHash } = await packPackage(directory, {
    key,
    output,
    cacheDirectory: resolve(options.text("cache") ?? join(homedir(), ".cache/freehold/images")),
    signal,
    onStep: (text) => terminal.say(`${text}\n`),
  }).catch((cause: unknown) => {
    if (signal.aborted || !(cause instanceof Error) || cause.name === "ArchiveError") throw cause;
    // The package's own code does not compile, say; its author needs the text, not our trace.
    throw new CliError(`Cannot pack "${directory}": ${cause.message}`, {
      next: "correct what it names, then pack again",
      cause,
    });
  });
  const path = given === undefined ? resolve(`${id}.s9pk`) : output;
  if (path !== output) await rename(output, path);
  terminal.out(`${path}: ${id} ${version}, root hash ${Buffer.from(rootHash).toString("hex")}\n`);
  return exitCodes.ok;
}

async function readKey(file: string): Promise<SigningKey> {
  try {
    return parseSigningKey(await readFile(file, "utf8"));
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new CliError(`Cannot sign with "${file}": ${found}`, {
      next: `freehold s9pk keygen ${file} makes one`,
      cause: error,
    });
  }
}

async function requireDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  const missing = ["package.ts", "recipe.json"].filter((name) => !existsSync(join(path, name)));
  if (found?.isDirectory() && missing.length === 0) return;
  const state = found?.isDirectory() ? `it has no ${missing.join(" and no ")}` : "it is no directory";
  throw new CliError(`Cannot pack "${path}": ${state}`, {
    exitCode: exitCodes.notFound,
    next: "name the directory that has package.ts and recipe.json",
  });
}
