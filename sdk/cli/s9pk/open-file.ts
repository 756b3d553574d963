import { type FileSource, openFileSource } from "@freehold/s9pk";

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
