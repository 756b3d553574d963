import type { Kind, Resource } from "@freehold/apis";

/** What would become of an object: `before` is undefined for a creation, `after` for a deletion, never both. */
export interface ObjectEffect {
  readonly kind: Kind;
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
}
