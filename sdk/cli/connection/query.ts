import { pathOf } from "@freehold/client";

import { usageError } from "../cli-error.ts";
import type { Options } from "../options.ts";
import type { ServedKind } from "./discovery.ts";

/** Which objects of a kind are meant. */
export interface Query {
  /** Undefined for all. */
  readonly namespace: string | undefined;
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
}

export function queryOf(options: Options, namespace: string): Query {
  return {
    namespace: options.flag("allNamespaces") ? undefined : namespace,
    labelSelector: options.text("selector"),
    fieldSelector: options.text("fieldSelector"),
  };
}

/** Path of an object, or of the list that is meant. */
export function queryPath(
  kind: ServedKind,
  query: Query,
  name?: string,
  more: Readonly<Record<string, string | undefined>> = {},
): string {
  if (name === undefined) {
    const { namespace, labelSelector, fieldSelector } = query;
    return pathOf(kind, { namespace }, { labelSelector, fieldSelector, ...more });
  }
  if (kind.scope === "Namespaced" && query.namespace === undefined) {
    throw usageError(
      `Cannot find ${kind.singular} "${name}" in all namespaces`,
      "give --namespace in place of -A",
    );
  }
  if (query.labelSelector !== undefined || query.fieldSelector !== undefined) {
    throw usageError(`Cannot take the name "${name}" together with a selector`, "leave out one of them");
  }
  return pathOf(kind, { name, namespace: query.namespace }, more);
}

/** The list that holds just the named object, for watching it. */
export function byName(query: Query, name: string | undefined): Query {
  return name === undefined ? query : { ...query, fieldSelector: `metadata.name=${name}` };
}
