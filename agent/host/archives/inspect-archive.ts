import { type ArchiveState, HostError } from "@freehold/agent-ports";
import { type Archive, ArchiveError, openArchive, openFileSource } from "@freehold/s9pk";

const LONGEST_ENTRY_BYTES = 1 << 20;

/** Header, tables and manifest of an archive file, all verified; other contents are not read. */
export async function inspectArchive(path: string): Promise<ArchiveState> {
  await using source = await openFileSource(path);
  try {
    const archive = await openArchive(source);
    return {
      rootHash: hex(archive.header.rootHash),
      signer: hex(archive.header.signer),
      sizeBytes: source.size,
      manifest: await readManifest(archive, path),
      path,
      files: filesOf(archive),
    };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    throw new HostError("invalid", `Cannot read archive "${path}": ${error.message}`, { cause: error });
  }
}

/** Entries' verified bytes. Throws `missing` for an unknown one. */
export async function readEntries(path: string, entries: readonly string[]): Promise<readonly Uint8Array[]> {
  await using source = await openFileSource(path);
  try {
    const archive = await openArchive(source);
    return await Promise.all(entries.map((entry) => archive.cat(entry, LONGEST_ENTRY_BYTES)));
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const isAbsent = error.code === "no-such-entry" || error.code === "not-in-file";
    throw new HostError(isAbsent ? "missing" : "invalid", error.message, { cause: error });
  }
}

function filesOf(archive: Archive): ArchiveState["files"] {
  const files = [...archive.files()].map(
    ({ path, position, size }) => [path, { path, offset: position, size }] as const,
  );
  return Object.fromEntries(files);
}

async function readManifest(archive: Archive, path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = new TextDecoder().decode(await archive.cat("manifest.json"));
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new HostError("invalid", `Cannot read archive "${path}": "manifest.json" is no JSON object`);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
