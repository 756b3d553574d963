/** What of a kind a path needs. */
export interface PathKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly scope: "Namespaced" | "Cluster";
}

export interface Place {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly subresource?: string | undefined;
}

/** The API path of a collection, an object or its subresource. */
export function pathOf(
  kind: PathKind,
  place: Place,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const root = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const parts = [root];
  if (kind.scope === "Namespaced" && place.namespace !== undefined) {
    parts.push("namespaces", encodeURIComponent(place.namespace));
  }
  parts.push(kind.plural);
  if (place.name !== undefined) parts.push(encodeURIComponent(place.name));
  if (place.subresource !== undefined) parts.push(place.subresource);
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(key)}=${encodeURIComponent(value)}`],
  );
  return `${parts.join("/")}${given.length > 0 ? `?${given.join("&")}` : ""}`;
}
