import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ArchiveHost, ArchiveOrigin } from "../index.ts";
import { type ConformanceSetup, type CreateSetup, newCancellation } from "./conformance-setup.ts";

export function archiveHostConformance(name: string, createSetup: CreateSetup): void {
  describe(`ArchiveHost of ${name}`, () => {
    let setup: ConformanceSetup;
    let host: ArchiveHost;
    beforeEach(async () => {
      setup = await createSetup();
      host = setup.host.archives;
    });
    afterEach(() => setup[Symbol.asyncDispose]());

    const options = { cancellation: newCancellation(), onProgress: (): void => undefined };

    it("importFile() keeps a verified copy under the name", async () => {
      const { good, rootHash } = setup.archives;
      const progress: number[] = [];
      const onProgress = (done: number, total: number): void => void progress.push(done / total);
      const state = await host.importFile("hello", good, { ...options, rootHash, onProgress });
      expect(state).toMatchObject({ rootHash, manifest: { id: "hello-world" } });
      expect(await host.archive("hello")).toEqual(state);
      expect(await host.names()).toEqual(["hello"]);
      expect(progress.at(-1)).toBe(1);
      expect(Object.keys(state.files)).toContain("manifest.json");
    });

    it("inspect() answers the facts and keeps nothing", async () => {
      expect(await host.inspect(setup.archives.good)).toMatchObject({ path: setup.archives.good });
      expect(await host.names()).toEqual([]);
      await expect(host.inspect(`${setup.folder}/none`)).rejects.toMatchObject({ code: "missing" });
    });

    it("importFile() refuses changed bytes by name and another root hash, and keeps nothing", async () => {
      const { good, corrupt } = setup.archives;
      const wrong = host.importFile("hello", corrupt, options);
      await expect(wrong).rejects.toMatchObject({ code: "invalid" });
      await expect(wrong).rejects.toThrow("javascript.squashfs");
      const other = host.importFile("hello", good, { ...options, rootHash: "00".repeat(32) });
      await expect(other).rejects.toMatchObject({ code: "invalid" });
      expect(await host.names()).toEqual([]);
      expect(await host.archive("hello")).toBeUndefined();
    });

    it("importFile() keeps nothing when it is cancelled", async () => {
      const cancellation = newCancellation();
      cancellation.cancel();
      const importing = host.importFile("hello", setup.archives.good, { ...options, cancellation });
      await expect(importing).rejects.toMatchObject({ code: "interrupted" });
      expect(await host.names()).toEqual([]);
    });

    it("importFrom() goes on where it was interrupted, and keeps what it has verified", async () => {
      const { rootHash, bytes } = setup.archives;
      const asked: number[] = [];
      let last = 100;
      const origin: ArchiveOrigin = {
        sizeOf: async (wanted) => (wanted === rootHash ? bytes.length : undefined),
        read: async function* read(_rootHash, offset) {
          asked.push(offset);
          yield bytes.subarray(offset, last);
        },
      };
      const phases = new Set<string>();
      const onProgress = (phase: string): void => void phases.add(phase);
      const from = { ...options, origin, onProgress };
      await expect(host.importFrom("hello", rootHash, from)).rejects.toMatchObject({ code: "interrupted" });
      expect([await host.isBegun("hello"), await host.names()]).toEqual([true, ["hello"]]);
      expect(await host.archive("hello")).toBeUndefined();
      last = bytes.length;
      const state = await host.importFrom("hello", rootHash, from);
      expect(state).toMatchObject({ rootHash, manifest: { id: "hello-world" } });
      expect([asked, [...phases]]).toEqual([
        [0, 100],
        ["fetch", "verify"],
      ]);
      expect([await host.isBegun("hello"), await host.archive("hello")]).toEqual([false, state]);
      const other = host.importFrom("other", "00".repeat(32), from);
      await expect(other).rejects.toMatchObject({ code: "missing" });
    });

    it("remove() takes away what an interrupted importFrom() has left", async () => {
      const { rootHash, bytes } = setup.archives;
      const origin: ArchiveOrigin = {
        sizeOf: async () => bytes.length,
        read: async function* read() {
          yield bytes.subarray(0, 10);
        },
      };
      const importing = host.importFrom("hello", rootHash, { ...options, origin });
      await expect(importing).rejects.toMatchObject({ code: "interrupted" });
      await host.remove("hello");
      expect([await host.isBegun("hello"), await host.names()]).toEqual([false, []]);
    });

    it("read() answers an entry's bytes, and fails for unknown archives and entries", async () => {
      await host.importFile("hello", setup.archives.good, options);
      const [bytes = new Uint8Array()] = await host.read("hello", ["manifest.json"]);
      expect(String.fromCharCode(...bytes)).toContain("hello-world");
      await expect(host.read("hello", ["manifest.json", "none"])).rejects.toMatchObject({ code: "missing" });
      await expect(host.read("none", ["manifest.json"])).rejects.toMatchObject({ code: "missing" });
    });

    it("remove() removes it once and again", async () => {
      await host.importFile("hello", setup.archives.good, options);
      await host.remove("hello");
      await host.remove("hello");
      expect(await host.names()).toEqual([]);
    });
  });
}
