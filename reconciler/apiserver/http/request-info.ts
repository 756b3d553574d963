/** What an API path names. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** By the old `/watch/` prefix. */
  readonly watch: boolean;
}

/** Reads `/api/v1/…` and `/apis/{group}/{version}/…` down to a resource; undefined for every other path, also with a trailing slash. */
export function readResourcePath(path: string): ResourcePath | undefined {
  const parts = decodeParts(path);
  // A decoded part may be anything; these two would mean other places to whoever took it for a path.
  if (!parts || ["", ".", ".."].some((part) => parts.includes(part))) return undefined;
  const [root, ...rest] = parts;
  if (root === "api") return below("", rest);
  const [group, ...more] = rest;
  return root === "apis" && group !== undefined ? below(group, more) : undefined;
}

function below(group: string, [version, ...rest]: readonly string[]): ResourcePath | undefined {
  if (version === undefined) return undefined;
  const watch = rest[0] === "watch";
  const [first, second, third, ...others] = watch ? rest.slice(1) : rest;
  if (first === undefined) return undefined;
  const at = { group, version, watch };
  // `namespaces/x/status` is a subresource of the namespace; any other third part is a resource in it.
  if (first === "namespaces" && third !== undefined && third !== "status" && third !== "finalize") {
    const [name, subresource, ...tooMany] = others;
    return tooMany.length > 0 ? undefined : { ...at, plural: third, namespace: second, name, subresource };
  }
  if (others.length > 0) return undefined;
  return { ...at, plural: first, namespace: undefined, name: second, subresource: third };
}

function decodeParts(path: string): readonly string[] | undefined {
  try {
    return path.split("/").slice(1).map(decodeURIComponent);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
