import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { type Backend, EmbeddedBackend, type StoreError } from "@freehold/store";

/** Where the state lies, as people say it: `embedded:FILE`, or `etcd:URL[,URL…]`. */
export type StoreSpec =
  | { readonly type: "embedded"; readonly file: string }
  | { readonly type: "etcd"; readonly hosts: readonly string[] };

/** Throws Error with a sentence for people. */
export function readStoreSpec(text: string): StoreSpec {
  const [, type, rest = ""] = /^(embedded|etcd):(.+)$/.exec(text) ?? [];
  if (type === "embedded") return { type, file: resolve(rest) };
  const hosts = rest.split(",");
  if (type !== "etcd" || !hosts.every(isHttp)) {
    throw new Error(`Cannot use the store "${text}": wanted embedded:FILE or etcd:http://HOST:PORT`);
  }
  return { type, hosts };
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Opens it; for etcd also asks whether it is there. `onLost` hears when nothing can be written any more. Throws StoreError. */
export async function openStore(
  spec: StoreSpec,
  onLost: (error: StoreError) => void = () => undefined,
): Promise<Backend> {
  if (spec.type === "embedded") return EmbeddedBackend.open(spec.file, { onLost });
  // Its client is large, and few have an etcd.
  const { EtcdBackend } = await import("@freehold/store/etcd");
  const backend = new EtcdBackend(spec.hosts);
  try {
    await backend.revision();
    return backend;
  } catch (error) {
    await backend[Symbol.asyncDispose]();
    throw error;
  }
}

/** Whether there is something to open, so that a wrong path does not make an empty store. */
export function isThere(spec: StoreSpec): boolean {
  return spec.type === "etcd" || existsSync(spec.file);
}
