import type { ArchiveSink } from "../write/emit-archive.ts";

/** What `write` gives its sink, as one buffer. */
export async function collect(write: (sink: ArchiveSink) => Promise<unknown>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  await write(async (bytes) => {
    parts.push(bytes.slice());
  });
  return Uint8Array.from(Buffer.concat(parts));
}
