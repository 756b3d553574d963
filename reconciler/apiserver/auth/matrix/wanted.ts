import type { Kind } from "@freehold/apis";

import { type Cell, HOME, type Who } from "./cells.ts";

/**
 * Who ought to be allowed what, in plain words and from the kinds alone: written apart from the roles, which are held to it. A mistake
 * must be made twice to pass.
 */
export function wanted(cell: Cell): boolean {
  return JUDGES[cell.who](cell);
}

const atHome = ({ namespace }: Cell): boolean => namespace === HOME;
/** Derived kinds are their controllers' to write; but a browser may be signed out. */
const isForControllers = ({ kind, verb }: Cell): boolean =>
  kind.tier === "derived" &&
  WRITES.has(verb) &&
  !(kind.kind === "Session" && (verb === "delete" || verb === "deletecollection"));

const JUDGES: Readonly<Record<Who, (cell: Cell) => boolean>> = {
  anonymous: () => false,
  known: () => false,
  namelessAgent: () => false,
  namelessPackage: () => false,
  master: (cell) => !isForControllers(cell),
  root: (cell) => !isForControllers(cell),
  controller: () => true,
  viewer: (cell) => atHome(cell) && maySee(cell),
  editor: (cell) => atHome(cell) && mayEdit(cell) && !isForControllers(cell),
  admin: (cell) => atHome(cell) && (mayEdit(cell) || isRoles(cell)) && !isForControllers(cell),
  agent: mayAgent,
  package: (cell) => atHome(cell) && mayPackage(cell),
};

const WRITES: ReadonlySet<string> = new Set(["create", "update", "patch", "delete", "deletecollection"]);
const READS: ReadonlySet<string> = new Set(["get", "list", "watch"]);
const CHANGES: ReadonlySet<string> = new Set(["get", "update", "patch"]);
const RBAC = "rbac.authorization.k8s.io";

const isObject = ({ verb, subresource }: Cell): boolean =>
  subresource === undefined && (READS.has(verb) || WRITES.has(verb));
const isPast = ({ verb, subresource }: Cell): boolean => subresource === "history" && READS.has(verb);

function isOrdinary({ kind, scope, group }: Kind): boolean {
  return scope === "Namespaced" && kind !== "Secret" && group !== RBAC;
}

function maySee(cell: Cell): boolean {
  const { kind, verb, subresource } = cell;
  const isStatus = subresource === "status" && kind.hasStatus;
  return (
    isOrdinary(kind) &&
    READS.has(verb) &&
    (subresource === undefined || subresource === "history" || isStatus)
  );
}

function mayEdit(cell: Cell): boolean {
  const { kind, verb, subresource } = cell;
  if (maySee(cell)) return true;
  if (kind.kind === "Secret") return isObject(cell) || isPast(cell);
  if (kind.kind === "ServiceAccount" && verb === "impersonate") return subresource === undefined;
  if (kind.kind === "ServiceAccount" && subresource === "token") return verb === "create";
  return isOrdinary(kind) && kind.kind !== "Event" && subresource === undefined && WRITES.has(verb);
}

function isRoles(cell: Cell): boolean {
  return cell.kind.group === RBAC && cell.kind.scope === "Namespaced" && (isObject(cell) || isPast(cell));
}

/** Where an agent works, and what it may do besides reading; the objects themselves are bounded to its machine further. */
const OF_AGENTS: Readonly<Record<string, readonly string[]>> = {
  Machine: ["get", "list", "watch", "create", "update", "patch"],
  ...Object.fromEntries(
    ["Archive", "Bridge", "Container", "PacketRules", "Volume"].map((kind) => [
      kind,
      ["get", "list", "watch", "update", "patch"],
    ]),
  ),
  ...Object.fromEntries(
    ["Action", "Binding", "Package", "ServiceInterface", "ServiceReport"].map((kind) => [kind, [...READS]]),
  ),
  Event: ["get", "create", "update", "patch"],
  Namespace: ["get"],
};
const REPORTED: ReadonlySet<string> = new Set([
  "Archive",
  "Bridge",
  "Container",
  "Machine",
  "PacketRules",
  "Volume",
]);

function mayAgent({ kind, verb, subresource }: Cell): boolean {
  if (subresource === "status") return REPORTED.has(kind.kind) && CHANGES.has(verb);
  return subresource === undefined && (OF_AGENTS[kind.kind] ?? []).includes(verb);
}

/** What a package says about itself; the objects themselves are bounded to it besides. */
function mayPackage(cell: Cell): boolean {
  return (
    ["Action", "Binding", "ServiceInterface", "ServiceReport"].includes(cell.kind.kind) && isObject(cell)
  );
}
