import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";

import { nftablesError, spawn } from "@freehold/native";

/** The same as the library's Nftables.run by starting nft(8), for machines that have only the program. */
export async function runNftProgram(commands: string): Promise<{ readonly output: string }> {
  // A file: nft cannot open its standard input when that is a socket, which it is when Node makes it.
  const folder = await mkdtemp(`${tmpdir()}/freehold-nft-`);
  const nothing = openSync("/dev/null", "r");
  try {
    await writeFile(`${folder}/commands`, commands);
    const child = spawn({
      file: "/usr/sbin/nft",
      argv: ["nft", "-j", "-f", `${folder}/commands`],
      environment: {},
      stdin: nothing,
      stdout: "pipe",
      stderr: "pipe",
      session: false,
    });
    const read = async (stream: typeof child.stdout): Promise<string> => (stream ? text(stream) : "");
    const [output, complaint, end] = await Promise.all([
      read(child.stdout),
      read(child.stderr),
      child.handle.ended,
    ]);
    if (end.code !== 0) throw nftablesError(complaint);
    return { output };
  } finally {
    closeSync(nothing);
    await rm(folder, { recursive: true, force: true });
  }
}
