import { execFileSync } from "node:child_process";
import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it } from "vitest";

import { LinuxArchiveHost } from "./linux-archive-host.ts";

it("importFile() refuses a pipe instead of waiting for its writer", async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "archives-"));
  const pipe = join(folder.path, "pipe");
  execFileSync("mkfifo", [pipe]);
  const host = new LinuxArchiveHost(join(folder.path, "kept"));
  const importing = host.importFile("a", pipe, {
    cancellation: new AbortController().signal,
    onProgress: () => undefined,
  });
  await expect(importing).rejects.toMatchObject({
    message: expect.stringContaining("no regular file"),
  });
});
