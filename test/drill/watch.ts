import { setTimeout as pause } from "node:timers/promises";

import type { ResourceOf } from "@freehold/apis";
import { configMapKind } from "@freehold/apis/core";
import { Client, isApiError, readKubeconfig } from "@freehold/client";

import { ServerRun } from "../cli/run-server.ts";
import { CuttingProxy } from "../testing/cutting-proxy.ts";

export interface WatchReport {
  readonly disconnects: number;
  /** Changes that were acknowledged. */
  readonly written: number;
  readonly seen: number;
  readonly lost: number;
  readonly doubled: number;
  /** Events of an object that came after a newer one of it. */
  readonly disordered: number;
}

type ConfigMap = ResourceOf<typeof configMapKind>;

const OBJECTS = 20;
const WRITERS = 4;
const BY = { name: "drill" };
const LONGEST_MS = 30;

/** One event, as a writer knows it or a watcher sees it. */
interface Mark {
  readonly name: string;
  readonly uid: string;
  /** The resourceVersion; of a deletion, "deleted", as its writer is not told. */
  readonly version: string;
}

/**
 * Cuts a watch's connection at random moments, goes on from the last revision it saw, and compares what it saw with what was
 * written meanwhile.
 */
export async function watchDrill(
  disconnects: number,
  random: () => number = Math.random,
): Promise<WatchReport> {
  const server = await ServerRun.start();
  try {
    const config = readKubeconfig(server.kubeconfig);
    await using proxy = await CuttingProxy.start(Number(new URL(config.server).port));
    using direct = new Client(config);
    using watching = new Client({ ...config, server: `https://127.0.0.1:${proxy.port}` });
    const { resourceVersion } = await direct.list(configMapKind);
    const stop = new AbortController();
    const seen: Mark[] = [];
    const watcher = follow(watching, resourceVersion, seen, stop.signal);
    const written: Mark[] = [];
    const done = { now: false };
    const writers = Array.from({ length: WRITERS }, (_, i) => write(direct, i, { written, done, random }));
    while (proxy.cuts < disconnects) {
      await pause(1 + random() * LONGEST_MS);
      proxy.cut();
    }
    done.now = true;
    await Promise.all(writers);
    const deadline = Date.now() + 10_000;
    while (seen.length < written.length && Date.now() < deadline) await pause(20);
    // What would come doubled comes now.
    await pause(300);
    stop.abort();
    await watcher;
    return { disconnects: proxy.cuts, written: written.length, seen: seen.length, ...compare(written, seen) };
  } finally {
    await server.stop();
  }
}

async function follow(client: Client, from: string, seen: Mark[], signal: AbortSignal): Promise<void> {
  const position = { at: from };
  while (!signal.aborted) {
    try {
      await followOnce(client, position, seen, signal);
    } catch (error) {
      // The connection was cut; anything else the API says itself.
      if (isApiError(error) && error.httpStatus >= 400) throw error;
      if (!isApiError(error) && !(error instanceof SyntaxError) && !isSocketError(error)) throw error;
    }
  }
}

/** Until the connection breaks; the position tells how far it came. */
async function followOnce(
  client: Client,
  position: { at: string },
  seen: Mark[],
  signal: AbortSignal,
): Promise<void> {
  for await (const event of client.watch(configMapKind, position.at, signal)) {
    if (event.type === "bookmark") position.at = event.resourceVersion;
    else {
      position.at = event.resource.metadata.resourceVersion ?? position.at;
      seen.push(seenMark(event.resource, event.type));
    }
  }
}

function isSocketError(error: unknown): boolean {
  return error instanceof Error && ("syscall" in error || "code" in error);
}

async function write(
  client: Client,
  writer: number,
  { written, done, random }: { written: Mark[]; done: { readonly now: boolean }; random: () => number },
): Promise<void> {
  const known = new Map<string, ConfigMap>();
  for (let count = 0; !done.now; count += 1) {
    const name = `map-${writer}-${Math.floor(random() * OBJECTS)}`;
    const current = known.get(name);
    if (current && random() < 0.2) {
      const { uid = "" } = current.metadata;
      await client.delete(configMapKind, configMapKind.ref(name, "default"), BY, uid);
      known.delete(name);
      written.push({ name, uid, version: "deleted" });
    } else {
      const data = { count: String(count) };
      const next = current
        ? await client.update(configMapKind, { ...current, data }, BY)
        : await client.create(configMapKind, draftOf(name, data), BY);
      known.set(name, next);
      written.push(markOf(next));
    }
    await pause(random() * 4);
  }
}

function draftOf(name: string, data: Record<string, string>): ConfigMap {
  return { ...configMapKind.draft({ name, namespace: "default" }, undefined), data };
}

function seenMark(resource: ConfigMap, type: "put" | "delete"): Mark {
  return type === "put" ? markOf(resource) : { ...markOf(resource), version: "deleted" };
}

function markOf({ metadata: { name, uid = "", resourceVersion = "" } }: ConfigMap): Mark {
  return { name, uid, version: resourceVersion };
}

function compare(
  written: readonly Mark[],
  seen: readonly Mark[],
): Pick<WatchReport, "lost" | "doubled" | "disordered"> {
  const idOf = ({ uid, version }: Mark): string => `${uid} ${version}`;
  const counts = new Map<string, number>();
  for (const mark of seen) counts.set(idOf(mark), (counts.get(idOf(mark)) ?? 0) + 1);
  const lost = written.filter((mark) => !counts.has(idOf(mark))).length;
  const doubled = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
  const latest = new Map<string, number>();
  let disordered = 0;
  for (const { uid, version } of seen) {
    const at = version === "deleted" ? Number.POSITIVE_INFINITY : Number(version);
    if (at <= (latest.get(uid) ?? 0)) disordered += 1;
    latest.set(uid, at);
  }
  return { lost, doubled, disordered };
}
