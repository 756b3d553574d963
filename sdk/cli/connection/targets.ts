import { usageError } from "../cli-error.ts";
import type { ServedKind } from "./discovery.ts";
import { kindsOfCategory } from "./resolve-kind.ts";
import type { Session } from "./session.ts";

/** Objects of one kind that a command line names: all, or some by name. */
export interface Target {
  readonly kind: ServedKind;
  readonly names: readonly string[];
}

/** Reads `KIND[,KIND…] [NAME…]`, `KIND/NAME…` or a category. Throws CliError. */
export async function readTargets(session: Session, words: readonly string[]): Promise<readonly Target[]> {
  const [first = "", ...names] = words;
  if (words.some((word) => word.includes("/"))) return readPairs(session, words);
  const kinds: ServedKind[] = [];
  for (const word of first.split(",")) {
    const category = kindsOfCategory(await session.kinds(), word);
    kinds.push(...(category ?? [await session.kind(word)]));
  }
  if (names.length > 0 && kinds.length > 1) {
    throw usageError(
      `Cannot take names with several kinds: "${words.join(" ")}"`,
      "write KIND/NAME for each",
    );
  }
  return kinds.map((kind) => ({ kind, names }));
}

async function readPairs(session: Session, words: readonly string[]): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const word of words) {
    const [kind = "", name = "", ...rest] = word.split("/");
    if (kind === "" || name === "" || rest.length > 0) {
      throw usageError(`Cannot read "${word}": wanted KIND/NAME, as all other words have it`);
    }
    targets.push({ kind: await session.kind(kind), names: [name] });
  }
  return targets;
}

/** Reads `KIND NAME` or `KIND/NAME`, just one. Throws CliError. */
export async function readOneTarget(
  session: Session,
  words: readonly string[],
): Promise<{ readonly kind: ServedKind; readonly name: string; readonly namespace: string | undefined }> {
  const [target, ...others] = await readTargets(session, words);
  const [name, ...more] = target?.names ?? [];
  if (!target || name === undefined || others.length > 0 || more.length > 0) {
    throw usageError(`Cannot read "${words.join(" ")}": wanted one object, as KIND NAME or KIND/NAME`);
  }
  const { kind } = target;
  return { kind, name, namespace: kind.scope === "Namespaced" ? session.namespace : undefined };
}
