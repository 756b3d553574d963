import type { PackageExports } from "@freehold/sdk";
import { expect, test } from "vitest";

import { Service } from "./service.ts";

function setUp(overrides: Partial<PackageExports> = {}) {
  const log: string[] = [];
  const loaded: PackageExports = {
    manifest: {},
    init: async ({ kind }) => log.push(`init ${kind}`),
    uninit: async ({ target }) => log.push(`uninit ${String(target)}`),
    main: async () => ({
      build: async () => {
        log.push("build");
        return { term: async () => log.push("term") };
      },
    }),
    actions: { get: () => undefined },
    createBackup: async () => log.push("backup"),
    ...overrides,
  };
  const call = async (method: string) => {
    log.push(method);
    return null;
  };
  return { log, service: new Service({ call, load: () => loaded }) };
}

test("Service runs init once, main once, and stops before it exits", async () => {
  const { log, service } = setUp();
  await Promise.all([service.init("A", "install"), service.init("B", "install")]);
  await service.init("C", null);
  await Promise.all([service.start(), service.start()]);
  await service.start();
  await service.exit("D", "1.2.3:0");
  expect(log).toEqual(["init install", "build", "term", "uninit 1.2.3:0"]);
});

test("Service.init() can be tried again after a failure", async () => {
  let attempts = 0;
  const { service } = setUp({
    init: async () => {
      if (++attempts === 1) throw new Error("not yet");
    },
  });
  await expect(service.init("A", "install")).rejects.toThrow("not yet");
  expect(service.isInitialised).toBe(false);
  await service.init("B", "install");
  expect(service.isInitialised).toBe(true);
});

test("Service.stop() waits for a start that is under way, so that nothing is left running", async () => {
  const gate = Promise.withResolvers<void>();
  const { log, service } = setUp({
    main: async () => ({
      build: async () => {
        await gate.promise;
        return { term: async () => log.push("term") };
      },
    }),
  });
  await service.init("A", "install");
  const started = service.start();
  const stopped = service.stop();
  gate.resolve();
  await Promise.all([started, stopped]);
  expect(log).toEqual(["init install", "term"]);
});

test("Service asks for one restart however many watched values change in main", async () => {
  const { log, service } = setUp({
    main: async ({ effects }) => {
      const retry = () => effects.constRetry?.();
      await effects.getHostInfo({ hostId: "a", callback: retry });
      await effects.getHostInfo({ hostId: "b", callback: retry });
      return { build: async () => ({ term: async () => null }) };
    },
  });
  await service.init("A", "install");
  await service.start();
  service.callback(1);
  service.callback(2);
  expect(log.filter((entry) => entry === "restart")).toHaveLength(1);
});

test("Service.exit() takes ranges and refuses what is neither", async () => {
  const { log, service } = setUp();
  await service.init("A", "install");
  await service.exit("B", ">=1.0.0:0");
  await expect(service.exit("C", "what")).rejects.toThrow();
  expect(log.at(-1)).toBe("uninit >=1.0.0:0");
});
