import type { Kind, Problem } from "@freehold/apis";

import { ApiError, type StatusCause, type StatusDetails } from "./api-error.ts";

/** Failures that speak of one object or one kind; texts as kube-apiserver writes them, because clients match on some. */

export function resourceName(kind: Kind): string {
  return kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
}

function detailsOf(kind: Kind, name: string): StatusDetails {
  return { ...(name && { name }), ...(kind.group && { group: kind.group }), kind: kind.plural };
}

export function notFound(kind: Kind, name: string): ApiError {
  return new ApiError(404, "NotFound", `${resourceName(kind)} "${name}" not found`, {
    details: detailsOf(kind, name),
  });
}

export function alreadyExists(kind: Kind, name: string, tearingDown: boolean): ApiError {
  const prefix = tearingDown ? "object is being deleted: " : "";
  return new ApiError(409, "AlreadyExists", `${prefix}${resourceName(kind)} "${name}" already exists`, {
    details: detailsOf(kind, name),
  });
}

export function conflict(kind: Kind, name: string, found: string): ApiError {
  const message = `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${found}`;
  return new ApiError(409, "Conflict", message, { details: detailsOf(kind, name) });
}

/** An apply would change what other managers own; kubectl prints the causes with its advice. */
export function applyConflict(message: string, causes: readonly StatusCause[]): ApiError {
  return new ApiError(409, "Conflict", message, { details: { causes } });
}

export function staleVersion(kind: Kind, name: string): ApiError {
  return conflict(
    kind,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );
}

export function invalid(kind: Kind, name: string, problems: readonly Problem[]): ApiError {
  const said = problems.map(({ path, message }) => `${path}: ${message}`);
  const list = said.length === 1 ? said.join("") : `[${said.join(", ")}]`;
  const subject = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  const causes = problems.map(({ path, message, reason }) => ({ reason, message, field: path }));
  return new ApiError(422, "Invalid", `${subject} "${name}" is invalid: ${list}`, {
    details: { name, ...(kind.group && { group: kind.group }), kind: kind.kind, causes },
    problems,
  });
}

export function forbidden(kind: Kind, name: string, why: string): ApiError {
  const subject = name ? `${resourceName(kind)} "${name}"` : resourceName(kind);
  return new ApiError(403, "Forbidden", `${subject} is forbidden: ${why}`, {
    details: detailsOf(kind, name),
  });
}

export function namespaceTerminating(kind: Kind, name: string, namespace: string): ApiError {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${namespace} is being terminated`,
    field: "metadata.namespace",
  };
  return new ApiError(403, "Forbidden", `${resourceName(kind)} "${name}" is forbidden: ${why}`, {
    details: { ...detailsOf(kind, name), causes: [cause] },
  });
}
