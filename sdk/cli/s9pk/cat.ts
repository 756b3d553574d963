import { once } from "node:events";

import { CliError, exitCodes } from "../cli-error.ts";
import type { Invocation } from "../invocation.ts";
import { openArchiveFile, readArchive } from "./open-file.ts";

/** It is held in memory until it is verified. */
const LARGEST_BYTES = 1 << 30;

/** `freehold s9pk cat`: the bytes are written once their hash was found right. */
export async function runCat({ words }: Invocation): Promise<number> {
  const [file = "", path = ""] = words;
  await using source = await openArchiveFile(file);
  const archive = await readArchive(file, source);
  const node = archive.stat(path);
  if (node?.kind !== "file") {
    const found = node === undefined ? "there is no such file" : `it is ${node.kind}`;
    throw new CliError(`Cannot read "${path}" in "${file}": ${found}`, {
      exitCode: exitCodes.notFound,
      next: `freehold s9pk inspect ${file} lists its files`,
    });
  }
  const bytes = await archive.cat(path, LARGEST_BYTES);
  if (!process.stdout.write(bytes)) await once(process.stdout, "drain");
  return exitCodes.ok;
}
