import { Layout } from "@freehold/apis/system";
import { containerNameOf } from "@freehold/apis/workload";
import { describe, expect, it } from "vitest";

import { webContainer } from "../testing/samples.ts";
import { factOf, statusOf } from "./container-controller.ts";
import { definitionOf } from "./container-definition.ts";
import type { ContainerObservation } from "./container-observation.ts";
import { planContainer, sameLimits } from "./plan-container.ts";
import { resolversFrom } from "./prepare-folder.ts";

const layout = new Layout("/data");
const name = containerNameOf(webContainer);
const folder = layout.container(webContainer);
const definition = definitionOf(webContainer, { layout, bridgeLink: "br", bridgeCidr: "10.77.0.1/16" });
const running = {
  name,
  state: "running",
  definition,
  initPid: 4711,
  startedAt: "2026-01-02T03:04:05Z",
  starts: 2,
  limits: definition.limits,
  linked: true,
} as const;
const service = {
  open: true,
  initialised: true,
  main: true,
  restart: false,
  mainStartedAt: "2026-01-02T03:04:06Z",
};
const well: ContainerObservation = {
  name,
  folder,
  runtimeImage: { path: "/runtime.erofs", offset: 0, size: 1 },
  runtimeTarget: layout.runtime,
  trash: layout.trash,
  definition,
  state: running,
  runtimeMounted: true,
  folderReady: true,
  resolvers: undefined,
  folderExists: true,
  mounted: [folder.rootfs, folder.subcontainers],
  subcontainersShared: true,
  leftovers: [],
  missing: undefined,
  service,
  linkExists: true,
  bridgeReady: true,
  healthTold: true,
  sinceMainMs: 60_000,
  initialisedFor: webContainer.spec.archive,
  dataVersion: "1.0.0:0",
  crashes: { recent: 0, sinceLastMs: Number.POSITIVE_INFINITY },
};
const nothing: ContainerObservation = {
  ...well,
  state: undefined,
  runtimeMounted: false,
  folderReady: false,
  folderExists: false,
  mounted: [],
  subcontainersShared: false,
  service: { open: false, initialised: false, main: false, restart: false },
  initialisedFor: undefined,
  dataVersion: undefined,
  sinceMainMs: Number.NaN,
};

/** The steps' names, or the plan's type and reason. */
function plan(
  change: Partial<ContainerObservation>,
  container = webContainer,
  want: "present" | "absent" = "present",
): string {
  const made = planContainer({ want, resource: container }, { ...well, ...change });
  if (made.type === "steps") return made.steps.map((step) => step.do).join(", ");
  return made.type === "settled" ? made.type : `${made.type} ${made.reason}`;
}
const stopped = { ...running, state: "stopped" as const, linked: false };
const idle = { ...webContainer, spec: { ...webContainer.spec, running: false } };

describe("planContainer()", () => {
  it("builds from nothing, in the order things stand on each other", () => {
    expect(plan(nothing)).toBe(
      "mount-runtime, prepare, share-subcontainers, mount-root, open-session, write-definition, start",
    );
  });

  it.each<[string, Partial<ContainerObservation>, string]>([
    ["all is as wished", {}, "settled"],
    ["it is still stopping", { state: { ...running, state: "stopping" } }, "waiting Starting"],
    [
      "nothing is there, and something is missing",
      { ...nothing, missing: { reason: "ArchiveNotReady", message: "" } },
      "mount-runtime, prepare, share-subcontainers, mount-root, open-session",
    ],
    [
      "something is missing",
      { state: undefined, missing: { reason: "ArchiveNotReady", message: "" } },
      "waiting ArchiveNotReady",
    ],
    [
      "the resolvers are others",
      { state: stopped, mounted: [], resolvers: "nameserver 9.9.9.9\n" },
      "write-resolvers, mount-root, start",
    ],
    ["it ended", { state: stopped }, "start"],
    [
      "it ended too often",
      { state: stopped, crashes: { recent: 3, sinceLastMs: 9000 } },
      "waiting CrashLoop",
    ],
    ["the pause is over", { state: stopped, crashes: { recent: 3, sinceLastMs: 10_000 } }, "start"],
    [
      "subcontainers were left",
      { state: stopped, leftovers: ["X"], mounted: [...well.mounted, `${folder.subcontainers}/X`] },
      "unmount, clear-scratch, start",
    ],
    ["the limits are others", { state: { ...running, limits: {} } }, "set-limits"],
    [
      "only limits are wished anew",
      { definition: { ...definition, limits: { pids: 5 } } },
      "write-definition, set-limits",
    ],
    ["the address is another", { definition: { ...definition, rootfs: "/else" } }, "stop-main, stop"],
    ["the root is gone", { mounted: [] }, "stop-main, stop"],
    ["its link left the bridge", { state: { ...running, linked: false } }, "relink"],
    ["its link is gone", { state: { ...running, linked: false }, linkExists: false }, "stop-main, stop"],
    [
      "the bridge is gone with it",
      { state: { ...running, linked: false }, linkExists: false, bridgeReady: false },
      "waiting BridgeNotReady",
    ],
    [
      "the agent was killed",
      { service: { ...service, open: false, initialised: false, main: false } },
      "open-session, init, start-main",
    ],
    ["it asked for a restart", { service: { ...service, restart: true } }, "stop-main"],
    ["no health was told yet", { healthTold: false, sinceMainMs: 4000 }, "waiting Starting"],
    ["it tells of no health", { healthTold: false, sinceMainMs: 5000 }, "settled"],
  ])("when %s", (_when, change, expected) => {
    expect(plan(change)).toBe(expected);
  });

  it("stops the main that is not wished, and keeps the container", () => {
    expect([plan({}, idle), plan({ service: { ...service, main: false } }, idle)]).toEqual([
      "stop-main",
      "settled",
    ]);
  });

  it.each([
    ["nothing was ever initialised", { initialisedFor: undefined, dataVersion: undefined }, "install"],
    ["there is data of before", { initialisedFor: undefined }, "update"],
    ["another archive was", { initialisedFor: "older" }, "update"],
    ["it only starts again", {}, null],
  ] as const)("init is said by its kind when %s", (_when, change, kind) => {
    const observed = { ...well, ...change, service: { ...service, initialised: false } };
    const made = planContainer({ want: "present", resource: webContainer }, observed);
    expect(made).toMatchObject({ steps: [{ do: "init", kind, start: 2 }] });
  });

  it("goes backwards, and removes only what is there", () => {
    expect(plan({}, webContainer, "absent")).toBe(
      "exit, stop, destroy, close-session, unmount, unmount, remove-folder",
    );
    expect(plan({ state: stopped, mounted: [] }, webContainer, "absent")).toBe(
      "destroy, close-session, remove-folder",
    );
    expect(plan(nothing, webContainer, "absent")).toBe("settled");
  });
});

describe("definitionOf()", () => {
  it("is the whole container as data", () => {
    expect(definition).toMatchInlineSnapshot(`
      {
        "binds": [
          {
            "idMap": {
              "base": 524288,
              "count": 65536,
            },
            "readOnly": true,
            "source": "/data/images/default.web-a2ce6d51/javascript",
            "target": "usr/lib/startos/package",
          },
          {
            "idMap": {
              "base": 524288,
              "count": 65536,
            },
            "readOnly": true,
            "source": "/data/images/default.web-a2ce6d51/assets",
            "target": "media/startos/assets",
          },
          {
            "idMap": {
              "base": 524288,
              "count": 65536,
            },
            "readOnly": true,
            "recursive": true,
            "source": "/data/images/default.web-a2ce6d51/images",
            "target": "media/startos/images",
          },
          {
            "readOnly": false,
            "source": "/data/containers/web-41d689bb/rpc",
            "target": "media/startos/rpc",
          },
          {
            "propagation": "shared",
            "readOnly": false,
            "source": "/data/containers/web-41d689bb/subcontainers",
            "target": "media/startos/subcontainers",
          },
          {
            "idMap": {
              "base": 524288,
              "count": 65536,
            },
            "propagation": "shared",
            "readOnly": false,
            "source": "/data/volumes/default/web-main",
            "target": "media/startos/volumes/main",
          },
        ],
        "devices": [],
        "environment": {
          "HOME": "/root",
          "LANG": "C.UTF-8",
          "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        },
        "init": [
          "/usr/bin/start-container",
          "pipe-wrap",
          "/usr/bin/node",
          "/usr/lib/startos/init/index.js",
        ],
        "limits": {
          "pids": 4096,
        },
        "name": "web-41d689bb",
        "network": {
          "address": "10.77.0.9/16",
          "bridge": "br",
          "gateway": "10.77.0.1",
          "hostLink": "fhv41d689bb",
          "mac": "02:fe:dd:0a:40:a8",
        },
        "rootfs": "/data/containers/web-41d689bb/rootfs",
        "stopSignal": "SIGTERM",
        "uidBase": 524288,
      }
    `);
  });
});

describe("statusOf()", () => {
  it("keeps the main's start over an agent's restart, and shows no error when all is well", () => {
    const again = { ...well, service: { ...service, mainStartedAt: "2026-01-02T09:00:00Z" } };
    expect(statusOf(webContainer, again)).toEqual({
      pid: 4711,
      started: "2026-01-02T03:04:05Z",
      starts: 2,
      mainStarted: "2026-01-02T03:04:05Z",
    });
    expect(statusOf(webContainer, { ...well, state: { ...running, starts: 3 } })).toMatchObject({
      mainStarted: "2026-01-02T03:04:06Z",
    });
    const failed = { ...well, service: { ...service, main: false, error: "init: no disk" } };
    expect(statusOf(webContainer, failed)).toMatchObject({ error: "init: no disk" });
  });
});

describe("sameLimits()", () => {
  it("forgives what the kernel rounds, and nothing else", () => {
    expect(sameLimits({ memoryBytes: 4096 * 9 }, { memoryBytes: 4096 * 9 + 4095 })).toBe(true);
    expect(sameLimits({ memoryBytes: 4096 * 9 }, { memoryBytes: 4096 * 10 })).toBe(false);
    expect(sameLimits({}, { pids: 1 })).toBe(false);
  });
});

describe("factOf()", () => {
  it("names what was found, and calls nothing drift that was wished", () => {
    expect(factOf({ do: "start", name, found: "killed by signal 9" })).toBe(
      "the container was not running (killed by signal 9)",
    );
    expect(factOf({ do: "write-definition", definition, replaces: true })).toBeUndefined();
    expect(factOf({ do: "stop-main", name })).toBeUndefined();
  });
});

describe("resolversFrom()", () => {
  it("leaves out resolvers only the machine itself can reach", () => {
    const text =
      "# c\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nsearch lan\nnameserver ::1\nnameserver 2001:db8::1\n";
    expect(resolversFrom(text)).toBe("nameserver 192.0.2.53\nnameserver 2001:db8::1\n");
    expect(resolversFrom(undefined)).toBe("");
  });
});
