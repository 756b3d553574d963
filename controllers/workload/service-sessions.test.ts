import { FakeHost } from "@freehold/agent-fake";
import { describe, expect, it } from "vitest";

import { ServiceSessions } from "./service-sessions.ts";

const NEVER = new AbortController().signal;
const place = {
  name: "web-1",
  rpc: "/rpc",
  owner: 524_288,
  caller: { namespace: "default", name: "web", packageId: "hello-world" },
};

function fixture(): {
  host: FakeHost;
  said: string[];
  begun: string[];
  effects: string[];
  sessions: ServiceSessions;
  fail: (words?: string) => void;
} {
  const host = new FakeHost();
  const said: string[] = [];
  const begun: string[] = [];
  const effects: string[] = [];
  let failure: string | undefined;
  host.runtime.runtimes.set(place.rpc, async (method, params) => {
    said.push(`${method} ${JSON.stringify(params)}`);
    if (failure !== undefined) throw new Error(failure);
    return null;
  });
  const sessions = new ServiceSessions({
    runtime: host.runtime,
    effects:
      ({ name }) =>
      async (method) => {
        effects.push(method);
        return `${method} for ${name}`;
      },
    now: () => Date.UTC(2026, 0, 2),
    onStart: (name) => void begun.push(name),
  });
  return { host, said, begun, effects, sessions, fail: (words) => (failure = words) };
}

describe("ServiceSessions", () => {
  it("serves a container's effects under its package's name, and stops when closed", async () => {
    const { host, sessions } = fixture();
    await sessions.open(place);
    await sessions.open(place);
    expect(await host.runtime.effect("/rpc", "get-status", {})).toBe("get-status for web");
    expect(sessions.containerOf({ namespace: "default", name: "web" })).toBe("web-1");
    await sessions.close("web-1");
    expect([host.snapshot().sockets, sessions.state("web-1", 1).open]).toEqual([[], false]);
  });

  it("forgets a main's health when it stops, and not when it is told to start, for it may run already", async () => {
    const { effects, sessions } = fixture();
    await sessions.open(place);
    await sessions.init("web-1", { start: 1, kind: null }, NEVER);
    await sessions.startMain("web-1", 1, NEVER);
    expect(effects).toEqual([]);
    await sessions.stopMain("web-1", NEVER);
    expect(effects).toEqual(["set-main-status"]);
  });

  it("says init and start, and forgets both when the container started anew", async () => {
    const { said, begun, sessions } = fixture();
    await sessions.open(place);
    await sessions.init("web-1", { start: 1, kind: "install" }, NEVER);
    await sessions.startMain("web-1", 1, NEVER);
    expect(sessions.state("web-1", 1)).toEqual({
      open: true,
      initialised: true,
      main: true,
      restart: false,
      mainStartedAt: "2026-01-02T00:00:00Z",
    });
    expect(sessions.state("web-1", 2)).toEqual({
      open: true,
      initialised: false,
      main: false,
      restart: false,
    });
    sessions.requestRestart("web-1");
    await sessions.init("web-1", { start: 2, kind: null }, NEVER);
    expect(sessions.state("web-1", 2)).toMatchObject({ initialised: true, main: false, restart: false });
    expect(begun).toEqual(["web-1", "web-1"]);
    expect(said).toEqual([
      'init {"id":"init-1","kind":"install"}',
      "start {}",
      'init {"id":"init-2","kind":null}',
    ]);
  });

  it("keeps the package's words when it fails, until it succeeds", async () => {
    const { sessions, fail } = fixture();
    await sessions.open(place);
    fail("no disk");
    await expect(sessions.init("web-1", { start: 1, kind: null }, NEVER)).rejects.toThrow("no disk");
    expect(sessions.state("web-1", 1).error).toMatch(/^init: .*no disk$/);
    fail();
    await sessions.init("web-1", { start: 1, kind: null }, NEVER);
    expect(sessions.state("web-1", 1).error).toBeUndefined();
  });

  it("counts ends of a container once each, for ten minutes", async () => {
    const { sessions } = fixture();
    await sessions.open(place);
    const ended = (at: string): Parameters<typeof sessions.crashes>[1] => ({
      name: "web-1",
      state: "stopped",
      definition: undefined,
      starts: 1,
      limits: {},
      linked: false,
      lastExit: { at, description: "killed" },
    });
    for (const now of [1000, 1500]) sessions.crashes("web-1", ended("one"), now);
    expect(sessions.crashes("web-1", ended("two"), 2000)).toEqual({ recent: 2, sinceLastMs: 0 });
    expect(sessions.crashes("web-1", ended("two"), 601_500)).toEqual({ recent: 1, sinceLastMs: 599_500 });
  });

  it("refuses to talk to a container it never opened", async () => {
    await expect(fixture().sessions.stopMain("web-1", NEVER)).rejects.toThrow(
      'Cannot talk to "web-1": its session was never opened',
    );
  });
});
