import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { parse } from "yaml";

import { type ClientConfig, pemFrom } from "./transport.ts";

interface Named<T> {
  readonly name: string;
  readonly value: T;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads the current (or named) context of a kubeconfig. Throws Error naming file and field. */
export function readKubeconfig(file: string, context?: string): ClientConfig {
  const root = asFields(parse(readFileSync(file, "utf8")), file);
  const contextName = context ?? textAt(root, "current-context");
  if (contextName === undefined) throw new Error(`Cannot use "${file}": current-context is missing`);
  const chosen = pick(root, "context", contextName, file);
  const cluster = pick(root, "cluster", textAt(chosen, "cluster") ?? "", file);
  const user = pick(root, "user", textAt(chosen, "user") ?? "", file);
  const server = textAt(cluster, "server");
  if (server === undefined)
    throw new Error(`Cannot use "${file}": the cluster of "${contextName}" has no server`);
  const at = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : resolve(dirname(file), name);
  const ca = pemFrom(
    textAt(cluster, "certificate-authority-data"),
    at(textAt(cluster, "certificate-authority")),
  );
  const certificate = pemFrom(
    textAt(user, "client-certificate-data"),
    at(textAt(user, "client-certificate")),
  );
  const key = pemFrom(textAt(user, "client-key-data"), at(textAt(user, "client-key")));
  const token = textAt(user, "token");
  const namespace = textAt(chosen, "namespace");
  return {
    server,
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(token !== undefined && { token }),
    ...(namespace !== undefined && { namespace }),
  };
}

/** The entry of a name in `contexts`, `clusters` or `users`. */
function pick(root: Fields, member: string, name: string, file: string): Fields {
  const list = `${member}s`;
  const items: unknown = root[list];
  const found = Array.isArray(items)
    ? items.map((item) => asNamed(item, member, file)).find((item) => item.name === name)
    : undefined;
  if (!found) throw new Error(`Cannot use "${file}": ${list} has no "${name}"`);
  return found.value;
}

function asNamed(item: unknown, member: string, file: string): Named<Fields> {
  const fields = asFields(item, file);
  return { name: textAt(fields, "name") ?? "", value: asFields(fields[member] ?? {}, file) };
}

function asFields(value: unknown, file: string): Fields {
  if (typeof value !== "object" || value === null)
    throw new Error(`Cannot use "${file}": it is no kubeconfig`);
  return Object.fromEntries(Object.entries(value));
}

function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" ? value : undefined;
}
