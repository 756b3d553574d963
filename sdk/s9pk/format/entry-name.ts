import { ArchiveError } from "../archive-error.ts";

/** Longest name in bytes; what ext4 and every other file system we write to takes. */
export const maxNameBytes = 255;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// Slashes would leave the directory; control characters would lie in terminals, logs and mount tables.
// eslint-disable-next-line no-control-regex
const refused = /[\u0000-\u001f\u007f-\u009f/\\]/u;

/** Decodes and checks one name of a table. Code `malformed`, with the path of the directory it is in. */
export function parseEntryName(bytes: Uint8Array, directory: string): string {
  let name: string;
  try {
    name = decoder.decode(bytes);
  } catch (cause) {
    throw refusal(directory, "a name is not UTF-8", cause);
  }
  requireEntryName(name, directory);
  return name;
}

/** Refuses names that are empty, too long, `.`, `..`, or contain slashes or control characters. */
export function requireEntryName(name: string, directory: string): void {
  if (name === "") throw refusal(directory, "a name is empty");
  if (name === "." || name === "..") throw refusal(directory, `the name "${name}" is not allowed`);
  if (refused.test(name)) throw refusal(directory, `the name ${JSON.stringify(name)} is not allowed`);
}

function refusal(directory: string, found: string, cause?: unknown): ArchiveError {
  const subject = directory === "" ? "the root directory" : `directory ${JSON.stringify(directory)}`;
  return new ArchiveError("malformed", directory, `Cannot read ${subject}: ${found}`, { cause });
}
