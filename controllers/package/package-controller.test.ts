import type { Resource } from "@freehold/apis";
import { packageKind, serviceReportKind } from "@freehold/apis/package";
import { volumeKind } from "@freehold/apis/storage";
import { containerKind } from "@freehold/apis/workload";
import { describe, expect, it } from "vitest";

import {
  machine,
  sample,
  webArchive,
  webContainer,
  webInterface,
  webPackage,
  webReport,
} from "../testing/samples.ts";
import { worldOf } from "../testing/world-of.ts";
import { archiveNameOf, derivePackage } from "./derive-package.ts";
import { packageController } from "./package-controller.ts";
import { summarisePackage } from "./summarise-package.ts";

const archive = { ...webArchive, metadata: { ...webArchive.metadata, name: archiveNameOf(webPackage) } };
const container = { ...webContainer, spec: { ...webContainer.spec, archive: archive.metadata.name } };
const report = (health: object, dependencies: readonly object[] = [], start = 2): Resource =>
  sample(serviceReportKind, "web", {
    ...webReport.spec,
    start,
    health: health as never,
    dependencies: dependencies as never,
  });
const notReady = (reason: string, type: "Stalled" | "Reconciling", message: string): object => ({
  conditions: ["Ready", type].map((name) => ({
    type: name,
    status: name === "Ready" ? "False" : "True",
    reason,
    message,
    observedGeneration: 1,
    lastTransitionTime: "2026-01-02T03:04:05Z",
  })),
});
const derived = (input: typeof webPackage, ...world: readonly Resource[]): readonly string[] =>
  derivePackage(input, worldOf(world)).map(
    ({ kind, name, hold }) => `${kind.kind} ${name}${hold ? ` ${hold}` : ""}`,
  );
const outcome = (input: typeof webPackage, ...world: readonly Resource[]): unknown =>
  summarisePackage(input, worldOf([machine, ...world])).outcome;

describe("derivePackage()", () => {
  it("wants the archive first, and the rest once it is verified", () => {
    expect(derived(webPackage, machine)).toEqual([`Archive ${archive.metadata.name}`]);
    expect(
      derived(webPackage, machine, { ...archive, status: notReady("Importing", "Reconciling", "") }),
    ).toHaveLength(1);
    expect(derived(webPackage, machine, archive)).toEqual([
      `Archive ${archive.metadata.name}`,
      "Volume web-main ensure",
      "Container web",
    ]);
  });

  it("makes the container of manifest, limits and what is free", () => {
    const input = sample(packageKind, "web", {
      ...webPackage.spec,
      resources: { memory: "512Mi", cpu: "250m", pids: 64 },
    });
    const spec = derivePackage(input, worldOf([machine, archive])).at(-1)?.spec;
    expect(spec).toMatchInlineSnapshot(`
      {
        "archive": "default.web-5ba611df",
        "images": [
          "main",
        ],
        "ipv4": "10.77.79.66",
        "limits": {
          "cpuMillis": 250,
          "memoryBytes": 536870912,
          "pids": 64,
        },
        "machine": "m1",
        "package": "web",
        "packageId": "hello-world",
        "running": true,
        "uidBase": 197328896,
        "volumes": [
          {
            "id": "main",
            "volume": "web-main",
          },
        ],
      }
    `);
  });

  it("keeps the running container and its archive until another one is verified", () => {
    const input = sample(packageKind, "web", { ...webPackage.spec, source: { file: "/new.s9pk" } });
    expect(derived(input, machine, archive, container)).toEqual([
      `Archive ${archiveNameOf(input)}`,
      "Container web",
      `Archive ${archive.metadata.name}`,
    ]);
  });

  it("gives up nothing when no machine is known", () => {
    expect(derived(webPackage, archive, container)).toEqual([
      `Archive ${archive.metadata.name}`,
      "Container web",
    ]);
    expect(derived(webPackage)).toEqual([]);
  });

  it("runs nothing that another key signed", () => {
    const input = sample(packageKind, "web", { ...webPackage.spec, signer: "ee".repeat(32) });
    expect(derived(input, machine, archive)).toEqual([`Archive ${archive.metadata.name}`]);
    expect(outcome(input, archive)).toMatchObject({ type: "stalled", reason: "SignerChanged" });
  });
});

describe("summarisePackage()", () => {
  const well = { up: { name: "Up", result: "success" } };
  it.each([
    ["no machine", [], { type: "waiting", reason: "NoMachine" }],
    ["no archive", [machine], { type: "waiting", reason: "Installing" }],
    [
      "bad archive",
      [machine, { ...archive, status: notReady("StepFailed", "Stalled", "import: it is no archive") }],
      {
        type: "stalled",
        reason: "ArchiveFailed",
        message: `archive "${archive.metadata.name}": import: it is no archive`,
      },
    ],
    [
      "no container",
      [machine, archive],
      { type: "waiting", reason: "Starting", message: "the container is starting" },
    ],
    [
      "stalled container",
      [machine, archive, { ...container, status: notReady("StepFailed", "Stalled", "init: no disk") }],
      { type: "stalled", reason: "StepFailed", message: "init: no disk" },
    ],
    ["well", [machine, archive, container, report(well)], { type: "ready" }],
    [
      "ill",
      [
        machine,
        archive,
        container,
        report({ ...well, db: { name: "DB", result: "failure", message: "down" } }),
      ],
      { type: "waiting", reason: "HealthChecks", message: "DB: failure (down)" },
    ],
    [
      "ill in a former start",
      [machine, archive, container, report({ db: { name: "DB", result: "failure" } }, [], 1)],
      { type: "ready" },
    ],
    [
      "in need",
      [machine, archive, container, report(well, [{ id: "redis", kind: "running", versionRange: "*" }])],
      { type: "waiting", reason: "UnmetDependency", message: "needs redis (not installed)" },
    ],
    [
      "unable to start without what it needs",
      [
        machine,
        archive,
        {
          ...container,
          status: { ...container.status, ...notReady("StepFailed", "Stalled", "start-main: no") },
        },
        report({}, [{ id: "redis", kind: "running", versionRange: "*" }]),
      ],
      { type: "waiting", reason: "UnmetDependency", message: "needs redis (not installed)" },
    ],
    [
      "not started again yet",
      [machine, archive, { ...container, spec: { ...container.spec, running: false } }, report(well)],
      { type: "waiting", reason: "Starting", message: "the container is starting" },
    ],
    [
      "not of the new archive yet",
      [machine, archive, { ...container, spec: { ...container.spec, archive: "old" } }, report(well)],
      { type: "waiting", reason: "Starting", message: "the container is starting" },
    ],
  ])("%s", (_name, world, expected) => {
    expect(summarisePackage(webPackage, worldOf(world)).outcome).toMatchObject(expected);
  });

  it("is Ready when stopped as wished", () => {
    const input = sample(packageKind, "web", { ...webPackage.spec, running: false });
    expect(outcome(input, archive, container)).toMatchObject({ type: "waiting", reason: "Stopping" });
    const stopped = { ...container, spec: { ...container.spec, running: false } };
    expect(outcome(input, archive, stopped)).toMatchObject({ type: "ready", reason: "Stopped" });
  });

  it("tells nothing of a former run when stopped as wished", () => {
    const input = sample(packageKind, "web", { ...webPackage.spec, running: false });
    const stopped = {
      ...container,
      spec: { ...container.spec, running: false },
      status: { ...container.status, error: "main ended with 1" },
    };
    const needs = [{ id: "redis", kind: "running", versionRange: "*" }];
    const world = worldOf([
      machine,
      archive,
      stopped,
      report({ db: { name: "DB", result: "failure" } }, needs),
    ]);
    expect(Object.keys(summarisePackage(input, world).status)).toEqual(
      expect.not.arrayContaining(["unmet", "health", "error"]),
    );
    expect(summarisePackage(webPackage, world).status).toMatchObject({
      unmet: ["redis (not installed)"],
      error: "main ended with 1",
    });
  });

  it("tells what people want to know", () => {
    const world = worldOf([machine, archive, container, report(well), webInterface]);
    expect(summarisePackage(webPackage, world).status).toMatchInlineSnapshot(`
      {
        "archive": "abababababababababababababababababababababababababababababababab",
        "health": {
          "up": {
            "name": "Up",
            "result": "success",
          },
        },
        "id": "hello-world",
        "phase": "Running",
        "started": "2026-01-02T03:04:05Z",
        "title": "Hello",
        "urls": [
          "http://192.0.2.10:8080",
        ],
        "version": "1.0.0:0",
      }
    `);
  });
});

describe("packageController.release()", () => {
  it("lets go of volumes that are not to be kept, of this package alone", () => {
    const labels = { "package.freehold.dev/package": "web" };
    const volume = (name: string, retain: boolean, of = labels): Resource => {
      const made = sample(volumeKind, name, { machine: "m1", retain });
      return { ...made, metadata: { ...made.metadata, labels: of } };
    };
    const world = worldOf([
      volume("web-main", true),
      volume("web-cache", false),
      volume("other", false, { "package.freehold.dev/package": "other" }),
    ]);
    expect(packageController.release?.(webPackage, world).map(({ name }) => name.name)).toEqual([
      "web-cache",
    ]);
  });
});

describe("packageController.touchedBy()", () => {
  it("looks again at dependants when a container changes", () => {
    const needs = report({}, [{ id: "redis", kind: "exists", versionRange: "*" }]);
    const db = sample(containerKind, "db", { ...webContainer.spec, packageId: "redis", package: "db" });
    const touched = packageController.touchedBy?.(db, worldOf([webPackage, needs, db]));
    expect(touched?.map(({ name }) => name)).toEqual(["web"]);
  });
});
