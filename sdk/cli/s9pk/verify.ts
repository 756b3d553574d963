import { verifyArchive } from "@freehold/s9pk";

import { exitCodes } from "../cli-error.ts";
import type { Invocation } from "../invocation.ts";
import { ProgressBoard } from "../output/progress-board.ts";
import { stepsText } from "../output/progress-text.ts";
import { openArchiveFile, readArchive } from "./open-file.ts";

/** `freehold s9pk verify`: fails with the path of the first file that is not as signed. */
export async function runVerify({ terminal, words, signal }: Invocation): Promise<number> {
  const [path = ""] = words;
  await using source = await openArchiveFile(path);
  using board = new ProgressBoard(terminal);
  const began = performance.now();
  const archive = await readArchive(path, source);
  await verifyArchive(archive, {
    signal,
    onProgress: ({ done, total, path: file }) => {
      const rate = done / Math.max(0.001, (performance.now() - began) / 1000);
      const etaSeconds = (total - done) / Math.max(1, rate);
      board.set(
        path,
        stepsText({ phase: `Verifying ${file}:`, done, total, unit: "bytes", rate, etaSeconds }) ?? "",
      );
    },
  });
  board.remove(path);
  terminal.out(`${path}: verified, signed by ${Buffer.from(archive.header.signer).toString("hex")}\n`);
  return exitCodes.ok;
}
