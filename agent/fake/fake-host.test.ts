import { hostConformance } from "@freehold/agent-ports/conformance";
import { describe, expect, it } from "vitest";

import { fakeArchive } from "./fake-archive-sample.ts";
import { FakeHost } from "./fake-host.ts";

hostConformance("FakeHost", async () => {
  const host = new FakeHost();
  host.mounts.images.add("/images/test.squashfs");
  host.archives.files.set("/good.s9pk", fakeArchive);
  host.archives.files.set("/corrupt.s9pk", { ...fakeArchive, corruptEntry: "javascript.squashfs" });
  await host.mounts.makeDirectory("/test");
  return {
    host,
    folder: "/test",
    image: { path: "/images/test.squashfs", offset: 0, size: 4096 },
    bridge: "fhc0",
    archives: {
      good: "/good.s9pk",
      corrupt: "/corrupt.s9pk",
      rootHash: fakeArchive.rootHash,
      bytes: new Uint8Array(fakeArchive.sizeBytes),
    },
    changeLimits: async (name, memoryBytes) => host.containers.holdLimits(name, { memoryBytes }),
    crash: async (name) => host.containers.end(name),
    tamper: async (table) => host.packets.tamper(table),
    runRuntime: async (directory, answer) => {
      host.runtime.runtimes.set(directory, answer);
      return { [Symbol.asyncDispose]: async () => void host.runtime.runtimes.delete(directory) };
    },
    callEffect: (directory, method, params) => host.runtime.effect(directory, method, params),
    [Symbol.asyncDispose]: async () => undefined,
  };
});

describe("FakeHost", () => {
  it("interrupts a mutation before or after it takes effect, and counts none for what is so already", async () => {
    for (const when of ["before", "after"] as const) {
      const host = new FakeHost({ failAt: (mutation) => mutation === 1 && when });
      await expect(host.links.ensureBridge("br0", "10.0.0.1/24")).rejects.toMatchObject({
        code: "interrupted",
      });
      expect(host.snapshot().links).toEqual(when === "after" ? ["br0"] : []);
      await host.links.ensureBridge("br0", "10.0.0.1/24");
      expect(host.mutations).toBe(when === "after" ? 1 : 2);
    }
  });
});
