import { writeFile } from "node:fs/promises";

import { encodeSigningKey, signingKeyOf } from "@freehold/s9pk";

import { CliError, exitCodes } from "../cli-error.ts";
import type { Invocation } from "../invocation.ts";

/** `freehold s9pk keygen`: readable by its owner only, and never in place of another. */
export async function runKeygen({ terminal, words }: Invocation): Promise<number> {
  const [file = ""] = words;
  const key = signingKeyOf();
  try {
    await writeFile(file, encodeSigningKey(key), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && Reflect.get(error, "code") === "EEXIST")) throw error;
    throw new CliError(
      `Cannot write "${file}": it exists, and a key that is lost cannot sign updates any more`,
      {
        next: "name another file, or move that one away yourself",
        cause: error,
      },
    );
  }
  terminal.out(`${Buffer.from(key.publicKey).toString("hex")}\n`);
  return exitCodes.ok;
}
