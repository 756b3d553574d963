import type { Kind } from "@freehold/apis";

/** What somebody wants to do with resources: what roles speak of. */
export interface ResourceAttributes {
  readonly verb: string;
  /** "" for the core group. */
  readonly group: string;
  /** Plural name. */
  readonly resource: string;
  readonly subresource?: string | undefined;
  /** Absent for cluster-scoped resources and for all namespaces at once. */
  readonly namespace?: string | undefined;
  /** Absent for collections. */
  readonly name?: string | undefined;
}

/** What somebody wants to do with a path that is no resource. */
export interface PathAttributes {
  readonly verb: string;
  readonly path: string;
}

export type Attributes = ResourceAttributes | PathAttributes;

export function isPath(attributes: Attributes): attributes is PathAttributes {
  return "path" in attributes;
}

/** A wish for objects of a kind. */
export function wishFor(
  verb: string,
  { group, plural }: Pick<Kind, "group" | "plural">,
  where: Pick<ResourceAttributes, "namespace" | "name" | "subresource"> = {},
): ResourceAttributes {
  return { verb, group, resource: plural, ...where };
}

/** `User "jo" cannot get resource "pods" in API group "" in the namespace "default"`, word for word as Kubernetes says it. */
export function sayForbidden(user: string, attributes: Attributes): string {
  if (isPath(attributes)) return `User "${user}" cannot ${attributes.verb} path "${attributes.path}"`;
  const { verb, group, resource, subresource, namespace } = attributes;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  return `User "${user}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
}
