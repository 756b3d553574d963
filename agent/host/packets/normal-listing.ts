/** What differs between two listings of the same rules: numbers that the kernel gives out, and the nft that lists. */
const FLEETING = new Set(["handle", "index", "metainfo"]);

/** `nft -j list table` as text that is equal exactly when the tables do the same. Pure. */
export function normalListing(json: string): string {
  return JSON.stringify(normal(JSON.parse(json)));
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((item) => !isFleeting(item)).map(normal);
  }
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([name]) => !FLEETING.has(name));
  return Object.fromEntries(
    members
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      // The elements of a set come in the order of a hash.
      .map(([name, member]) => [
        name,
        name === "elem" && Array.isArray(member) ? sorted(member) : normal(member),
      ]),
  );
}

function sorted(elements: readonly unknown[]): readonly unknown[] {
  return elements.map(normal).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function isFleeting(item: unknown): boolean {
  return typeof item === "object" && item !== null && Object.keys(item).some((name) => FLEETING.has(name));
}
