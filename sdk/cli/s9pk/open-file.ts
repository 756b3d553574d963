import {
  type Archive,
  ArchiveError,
  type FileSource,
  openArchive,
  openFileSource,
  readManifest,
} from "@freehold/s9pk";

import { CliError, exitCodes } from "../cli-error.ts";

/** Opens an archive's file. Throws CliError when there is none. */
export async function openArchiveFile(path: string): Promise<FileSource> {
  try {
    return await openFileSource(path);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (code !== "ENOENT" && code !== "EISDIR") throw error;
    throw new CliError(
      `Cannot open "${path}": ${code === "ENOENT" ? "there is no such file" : "it is a directory"}`,
      {
        exitCode: exitCodes.notFound,
        next: "name an .s9pk file",
        cause: error,
      },
    );
  }
}

/** Header and tables of an open archive file, verified. Throws CliError when it is no archive, or a damaged one. */
export function readArchive(path: string, source: FileSource): Promise<Archive> {
  return named(path, () => openArchive(source));
}

/** The package's own id. Throws CliError when the manifest does not say it as it should. */
export function readPackageId(path: string, archive: Archive): Promise<string> {
  return named(path, async () => (await readManifest(archive)).id);
}

/** An archive's errors name what is wrong inside; people have to hear of which file. */
async function named<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const isOther = error.code === "not-an-archive" || error.code === "unsupported-version";
    throw new CliError(`Cannot read "${path}": ${error.message}`, {
      next: isOther ? "name an S9PK archive of version 2" : "get the archive again from its publisher",
      cause: error,
    });
  }
}
