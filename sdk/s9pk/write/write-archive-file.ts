import { open, rename, rm } from "node:fs/promises";

import type { ArchiveSink } from "./emit-archive.ts";

/** Makes a file from what `write` gives the sink. It appears under its name only when complete and on disk. */
export async function writeArchiveFile(
  path: string,
  write: (sink: ArchiveSink) => Promise<unknown>,
): Promise<void> {
  const temporary = `${path}.${process.pid}.partial`;
  const handle = await open(temporary, "w", 0o644);
  try {
    await write(async (bytes) => {
      await handle.writeFile(bytes);
    });
    await handle.sync();
    await handle.close();
    await rename(temporary, path);
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
}
