import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ContainerDefinition, ContainerHost } from "../index.ts";
import {
  type ConformanceSetup,
  type CreateSetup,
  newCancellation,
  seenThrough,
} from "./conformance-setup.ts";

export function containerHostConformance(name: string, createSetup: CreateSetup): void {
  describe(`ContainerHost of ${name}`, () => {
    let setup: ConformanceSetup;
    let host: ContainerHost;
    let definition: ContainerDefinition;
    beforeEach(async () => {
      setup = await createSetup();
      host = setup.host.containers;
      definition = conformanceDefinition(setup);
      await prepareRoot(setup, definition);
    });
    afterEach(() => setup[Symbol.asyncDispose]());

    const started = async (): Promise<void> => {
      await host.create(definition);
      await host.start("one");
    };

    it("container() answers what create() wrote, and undefined for others", async () => {
      await host.create(definition);
      expect(await host.container("one")).toEqual({
        name: "one",
        state: "stopped",
        definition,
        starts: 0,
        limits: {},
        linked: false,
      });
      expect(await host.container("two")).toBeUndefined();
      expect(await host.containers()).toEqual(["one"]);
    });

    it("start() runs init once, linked and limited", async () => {
      await started();
      const first = await host.container("one");
      await host.start("one");
      expect(await host.container("one")).toEqual(first);
      expect(first).toMatchObject({ state: "running", starts: 1, linked: true, limits: definition.limits });
      expect(first?.initPid).toBeGreaterThan(0);
      expect(first?.startedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    });

    it("start() fails without a definition and without a bridge, leaving nothing", async () => {
      await expect(host.start("two")).rejects.toMatchObject({ code: "missing" });
      await host.create(definition);
      await setup.host.links.removeLink(setup.bridge);
      await expect(host.start("one")).rejects.toMatchObject({ code: "failed" });
      expect(await host.container("one")).toMatchObject({ state: "stopped" });
      expect(await setup.host.links.linksNamed(definition.network.hostLink)).toEqual([]);
    });

    it("stop() takes init, link and limits away and remembers the end", async () => {
      await started();
      await host.stop("one", 10_000);
      await host.stop("one", 10_000);
      const state = await host.container("one");
      expect(state).toMatchObject({ state: "stopped", starts: 1, linked: false, limits: {} });
      expect(state?.initPid).toBeUndefined();
      expect(state?.lastExit?.description).toBe("stopped");
      expect(await setup.host.links.linksNamed(definition.network.hostLink)).toEqual([]);
      await host.start("one");
      expect(await host.container("one")).toMatchObject({ state: "running", starts: 2 });
    });

    it("create() for a running container counts from the next start", async () => {
      await started();
      const smaller = { ...definition, limits: { ...definition.limits, pids: 32 } };
      await host.create(smaller);
      expect(await host.container("one")).toMatchObject({ definition: smaller, limits: definition.limits });
      await host.stop("one", 10_000);
      await host.start("one");
      expect(await host.container("one")).toMatchObject({ limits: smaller.limits });
    });

    it("setLimits() is what the kernel holds, also with limits taken away", async () => {
      await started();
      await host.setLimits("one", { memoryBytes: 96 << 20 });
      expect((await host.container("one"))?.limits).toEqual({ memoryBytes: 96 << 20 });
      await host.stop("one", 10_000);
      await expect(host.setLimits("one", {})).rejects.toMatchObject({ code: "missing" });
    });

    it("changes() speaks when somebody else changes a limit", async () => {
      await started();
      await seenThrough(
        (cancellation) => host.changes(cancellation),
        () => setup.changeLimits("one", 80 << 20),
        async () => (await host.container("one"))?.limits.memoryBytes === 80 << 20,
      );
    });

    it("changes() speaks when a container ends by itself", async () => {
      await started();
      await seenThrough(
        (cancellation) => host.changes(cancellation),
        () => setup.crash("one"),
        async () => (await host.container("one"))?.lastExit !== undefined,
      );
      expect(await host.container("one")).toMatchObject({ state: "stopped", linked: false });
    });

    it("relink() joins the link to a bridge that was made again", async () => {
      await started();
      await setup.host.links.removeLink(setup.bridge);
      expect(await host.container("one")).toMatchObject({ state: "running", linked: false });
      await expect(host.relink("one")).rejects.toMatchObject({ code: "missing" });
      await setup.host.links.ensureBridge(setup.bridge, "10.178.0.1/24");
      await host.relink("one");
      expect(await host.container("one")).toMatchObject({ linked: true });
    });

    it("destroy() refuses while it runs, and removes it once and again", async () => {
      await started();
      await expect(host.destroy("one")).rejects.toMatchObject({ code: "busy" });
      await host.stop("one", 10_000);
      await host.destroy("one");
      await host.destroy("one");
      expect(await host.container("one")).toBeUndefined();
      expect(await host.containers()).toEqual([]);
    });

    it("exec() answers code 0 in a running container and fails in none", async () => {
      await started();
      const live = newCancellation();
      expect((await host.exec("one", { argv: ["true"] }, live)).code).toBe(0);
      await host.stop("one", 10_000);
      await expect(host.exec("one", { argv: ["true"] }, live)).rejects.toMatchObject({ code: "missing" });
    });

    it("refuses names that are no host names", async () => {
      for (const bad of ["", "a/b", "..", "a b", "a\n", "x".repeat(64)]) {
        await expect(host.create({ ...definition, name: bad })).rejects.toMatchObject({ code: "invalid" });
      }
    });

    it("stop() detaches what was mounted below a shared bind since the start", async () => {
      const shared = `${setup.folder}/shared`;
      const { mounts } = setup.host;
      await mounts.makeDirectory(shared);
      definition = {
        ...definition,
        binds: [{ source: shared, target: "srv/shared", readOnly: false, propagation: "shared" }],
      };
      await started();
      await mounts.makeDirectory(`${setup.folder}/more`);
      await mounts.bind({ source: `${setup.folder}/more`, target: `${shared}/more`, readOnly: false });
      await host.stop("one", 10_000);
      expect(await mounts.mountsBelow(`${shared}/more`)).toEqual([]);
    });
  });
}

/** A container of the setup's image named "one". */
export function conformanceDefinition(setup: ConformanceSetup): ContainerDefinition {
  return {
    name: "one",
    rootfs: `${setup.folder}/root`,
    uidBase: 300_000,
    init: ["/init"],
    environment: {},
    stopSignal: "SIGTERM",
    binds: [],
    network: {
      bridge: setup.bridge,
      hostLink: `${setup.bridge}-one`,
      address: "10.178.0.2/24",
      gateway: "10.178.0.1",
      mac: "02:00:00:00:00:02",
    },
    devices: [],
    limits: { memoryBytes: 64 << 20, cpuMillis: 500, pids: 64 },
  };
}

/** Mounts what a definition of that image needs. */
export async function prepareRoot(setup: ConformanceSetup, definition: ContainerDefinition): Promise<void> {
  const { mounts, links } = setup.host;
  await links.ensureBridge(setup.bridge, "10.178.0.1/24");
  await mounts.mountImage(setup.image, `${setup.folder}/image`);
  await mounts.mountOverlay({
    target: definition.rootfs,
    lower: `${setup.folder}/image`,
    idMap: { base: definition.uidBase, count: 65_536 },
    upper: `${setup.folder}/upper`,
    work: `${setup.folder}/work`,
  });
}
