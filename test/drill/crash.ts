import { setTimeout as pause } from "node:timers/promises";

import type { Kind } from "@freehold/apis";
import { archiveKind, packageKind } from "@freehold/apis/package";
import { containerKind } from "@freehold/apis/workload";
import { isApiError } from "@freehold/client";

import { packed, ServerUnderTest } from "../testing/server-under-test.ts";

export interface CrashReport {
  readonly seconds: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly kills: Readonly<Record<string, number>>;
  /** Containers that a crash of server or agent stopped; must be none. */
  readonly stoppedByControlPlane: number;
  /** What was left when every package was gone; must be empty. */
  readonly leftovers: Readonly<Record<string, readonly string[]>>;
  readonly unsettled: readonly string[];
}

/** How long a deletion that was asked for, or may have been, can take to stop its container. */
const DELETION_MS = 5_000;
/** A container that was killed often is given longer and longer pauses before its next start. */
const SETTLE_MS = 200_000;
const PACKAGES = ["redis", "radicale", "webdis"];

/** Applies, edits and deletes packages at random while server, agent and runtimes are killed with SIGKILL at random. */
export async function crashDrill(
  seconds: number,
  seed: number,
  say: (text: string) => void,
): Promise<CrashReport> {
  await using server = await ServerUnderTest.start();
  const random = randomFrom(seed);
  const changes: Record<string, number> = {};
  const kills: Record<string, number> = {};
  let stoppedByControlPlane = 0;
  const end = Date.now() + seconds * 1000;
  const wished = new Map<string, boolean>();
  let lastDelete = 0;

  const changer = async (): Promise<void> => {
    while (Date.now() < end) {
      const name = PACKAGES[Math.floor(random() * PACKAGES.length)] ?? "redis";
      const act = random();
      if (act < 0.3) lastDelete = Date.now();
      const did = await change(server, name, act, wished).catch((error: unknown) => {
        // The server is away, or somebody was faster: both are part of the drill.
        if (isApiError(error)) return `refused (${error.code})`;
        throw error;
      });
      changes[did] = (changes[did] ?? 0) + 1;
      await pause(50 + random() * 700);
    }
  };
  const killer = async (): Promise<void> => {
    while (Date.now() < end) {
      await pause(300 + random() * 1500);
      const what = (["server", "agent", "runtime", "both"] as const)[Math.floor(random() * 4)] ?? "server";
      const before = new Set(server.inits());
      const victims =
        what === "runtime"
          ? oneOf(server.inits(), random())
          : what === "both"
            ? [...server.pids("server"), ...server.pids("agent")]
            : server.pids(what);
      for (const pid of victims) process.kill(pid, "SIGKILL");
      kills[what] = (kills[what] ?? 0) + victims.length;
      // A running container must not notice: its init is still there after the crash, unless a deletion was just asked for.
      const mayStop = what === "runtime" || Date.now() - lastDelete < DELETION_MS;
      if (!mayStop && [...before].some((pid) => !server.inits().includes(pid))) stoppedByControlPlane += 1;
    }
  };
  await Promise.all([changer(), killer()]);
  say(`changes ${JSON.stringify(changes)}, kills ${JSON.stringify(kills)}`);
  const unsettled = await settle(server, wished);
  await removeAll(server);
  const leftovers = Object.fromEntries(
    Object.entries(server.leftovers()).filter(([, found]) => found.length > 0),
  );
  return { seconds, changes, kills, stoppedByControlPlane, leftovers, unsettled };
}

async function change(
  server: ServerUnderTest,
  name: string,
  act: number,
  wished: Map<string, boolean>,
): Promise<string> {
  const known = await server.client.get(packageKind, name, "default");
  if (!known) {
    await server.apply(name, packed(name));
    wished.set(name, true);
    return "apply";
  }
  if (act < 0.3) {
    await server.client.delete(packageKind, packageKind.ref(name, "default"), { name: "drill" });
    wished.delete(name);
    return "delete";
  }
  const running = act < 0.7;
  const spec = { running, resources: { pids: 500 + Math.floor(act * 1000) } };
  await server.client.mergePatch(packageKind, { name, namespace: "default" }, { spec }, { name: "drill" });
  return "edit";
}

/** Every package that is wished must come to stand as wished, and none other may be there. */
async function settle(
  server: ServerUnderTest,
  wished: ReadonlyMap<string, boolean>,
): Promise<readonly string[]> {
  void wished;
  const unsettled: string[] = [];
  const { items } = await server.until("the API", () => server.client.list(packageKind));
  for (const { metadata } of items) {
    if (metadata.deletionTimestamp !== undefined) continue;
    if (
      metadata.name === "webdis" &&
      !items.some(
        (other) =>
          other.metadata.name === "redis" &&
          other.metadata.deletionTimestamp === undefined &&
          other.spec.running,
      )
    )
      continue;
    await server
      .ready(packageKind, metadata.name, "default", SETTLE_MS)
      .catch((error: unknown) => unsettled.push(String(error)));
  }
  return unsettled;
}

async function removeAll(server: ServerUnderTest): Promise<void> {
  await server.until("all packages to be deleted", async () => {
    const { items } = await server.client.list(packageKind);
    for (const { metadata } of items) {
      if (metadata.deletionTimestamp === undefined) {
        await server.client.delete(packageKind, packageKind.ref(metadata.name, "default"), { name: "drill" });
      }
    }
    if (items.length === 0) return true;
    throw new Error(await describe(server));
  });
  await server
    .until(
      "the machine to be empty",
      async () => Object.values(server.leftovers()).every((found) => found.length === 0),
      20_000,
    )
    .catch(() => undefined);
}

/** What stands in the way, for the report. */
async function describe(server: ServerUnderTest): Promise<string> {
  const kinds: readonly Kind[] = [packageKind, containerKind, archiveKind];
  const lists = await Promise.all(kinds.map((kind) => server.client.list(kind)));
  const objects = lists.flatMap(({ items }) =>
    items.map(({ kind, metadata, status }) => ({ kind, metadata, status })),
  );
  return `${JSON.stringify(objects, undefined, 1)}\n${JSON.stringify(server.leftovers(), undefined, 1)}`;
}

function oneOf(pids: readonly number[], chance: number): readonly number[] {
  const pid = pids[Math.floor(chance * pids.length)];
  return pid === undefined ? [] : [pid];
}

/** Mulberry32: small, seeded, good enough to choose victims. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
