import type { Kind } from "@freehold/apis";

export interface ApiGroup {
  /** "" for the core group. */
  readonly name: string;
  /** The preferred first. */
  readonly versions: readonly { readonly name: string; readonly kinds: readonly Kind[] }[];
}

/** Kinds by group and version: core first, then by name; versions as Kubernetes prefers them. */
export function groupsOf(kinds: readonly Kind[]): readonly ApiGroup[] {
  const byGroup = Map.groupBy(kinds, ({ group }) => group);
  return [...byGroup]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) => ({
      name,
      versions: [...Map.groupBy(members, ({ version }) => version)]
        .toSorted(([a], [b]) => compareVersions(a, b))
        .map(([version, kinds]) => ({
          name: version,
          kinds: kinds.toSorted((a, b) => (a.plural < b.plural ? -1 : 1)),
        })),
    }));
}

const STABILITY = ["", "beta", "alpha"];

/** GA before beta before alpha, higher numbers first; names of another shape last, by letters. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0;
  return left.stability - right.stability || right.major - left.major || right.minor - left.minor;
}

function rank(version: string): { stability: number; major: number; minor: number } | undefined {
  const [, major, stability = "", minor = "0"] =
    /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version) ?? [];
  if (major === undefined) return undefined;
  return { stability: STABILITY.indexOf(stability), major: Number(major), minor: Number(minor) };
}
