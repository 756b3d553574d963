import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { BindDefinition, MountHost, OverlayDefinition } from "../index.ts";
import {
  type ConformanceSetup,
  type CreateSetup,
  newCancellation,
  seenThrough,
} from "./conformance-setup.ts";

const owner = { ownerUid: 1000, ownerGid: 1000, mode: 0o750 };
const idMap = { base: 300_000, count: 65_536 };

export function mountHostConformance(name: string, createSetup: CreateSetup): void {
  describe(`MountHost of ${name}`, () => {
    let setup: ConformanceSetup;
    let host: MountHost;
    let folder: string;
    beforeEach(async () => {
      setup = await createSetup();
      host = setup.host.mounts;
      folder = setup.folder;
    });
    afterEach(() => setup[Symbol.asyncDispose]());

    const bindOf = (more: Partial<BindDefinition> = {}): BindDefinition => ({
      source: `${folder}/source`,
      target: `${folder}/target`,
      readOnly: false,
      ...more,
    });

    describe("directories and files", () => {
      it("makeDirectory() makes parents, leaves what is there and keeps its mode", async () => {
        await host.makeDirectory(`${folder}/a/b`, 0o700);
        await host.makeDirectory(`${folder}/a/b`, 0o755);
        expect(await host.directory(`${folder}/a/b`)).toEqual({ ownerUid: 0, ownerGid: 0, mode: 0o700 });
        expect(await host.list(folder)).toEqual(["a"]);
      });

      it("directory() and readText() answer undefined and list() nothing when there is none", async () => {
        expect(await host.directory(`${folder}/none`)).toBeUndefined();
        expect(await host.readText(`${folder}/none`)).toBeUndefined();
        expect(await host.list(`${folder}/none`)).toEqual([]);
      });

      it("setOwnership() is what directory() answers, and fails without a directory", async () => {
        await host.makeDirectory(`${folder}/a`);
        await host.setOwnership(`${folder}/a`, owner);
        expect(await host.directory(`${folder}/a`)).toEqual(owner);
        await expect(host.setOwnership(`${folder}/none`, owner)).rejects.toMatchObject({ code: "missing" });
      });

      it("writeText() replaces, removeFile() removes once and again", async () => {
        await host.writeText(`${folder}/f`, "one");
        await host.writeText(`${folder}/f`, "two");
        expect(await host.readText(`${folder}/f`)).toBe("two");
        expect(await host.list(folder)).toEqual(["f"]);
        await host.removeFile(`${folder}/f`);
        await host.removeFile(`${folder}/f`);
        expect(await host.list(folder)).toEqual([]);
      });

      it("refuses paths that are not absolute and normal", async () => {
        for (const path of ["a", `${folder}/../b`, `${folder}//b`, `${folder}/b\0c`]) {
          await expect(host.makeDirectory(path)).rejects.toMatchObject({ code: "invalid" });
        }
      });
    });

    describe("removeTree()", () => {
      it("removes the whole tree, and does nothing without one", async () => {
        await host.makeDirectory(`${folder}/a/b/c`);
        await host.writeText(`${folder}/a/b/f`, "text");
        await host.removeTree(`${folder}/a`, `${folder}/trash`);
        await host.removeTree(`${folder}/a`, `${folder}/trash`);
        expect(await host.directory(`${folder}/a`)).toBeUndefined();
        expect(await host.list(`${folder}/trash`)).toEqual([]);
      });

      it("refuses while something is mounted below, and removes nothing", async () => {
        await host.makeDirectory(`${folder}/source`);
        await host.writeText(`${folder}/source/f`, "text");
        await host.bind(bindOf({ target: `${folder}/a/b` }));
        const removal = host.removeTree(`${folder}/a`, `${folder}/trash`);
        await expect(removal).rejects.toMatchObject({ code: "busy" });
        expect(await host.readText(`${folder}/a/b/f`)).toBe("text");
      });
    });

    describe("bind()", () => {
      beforeEach(() => host.makeDirectory(`${folder}/source/inner`));

      it("shows the source, once however often it is called", async () => {
        await host.bind(bindOf());
        await host.bind(bindOf());
        expect(await host.list(`${folder}/target`)).toEqual(["inner"]);
        const [mount, ...more] = await host.mountsBelow(`${folder}/target`);
        expect(mount).toMatchObject({ target: `${folder}/target`, readOnly: false });
        expect(mount?.root.endsWith("/source")).toBe(true);
        expect(more).toEqual([]);
      });

      it("changes read-only and propagation of what is mounted", async () => {
        await host.bind(bindOf({ readOnly: true }));
        expect(await host.mountsBelow(`${folder}/target`)).toMatchObject([{ readOnly: true }]);
        await host.bind(bindOf({ propagation: "shared" }));
        expect(await host.mountsBelow(`${folder}/target`)).toMatchObject([
          { readOnly: false, propagation: "shared" },
        ]);
        await host.setPropagation(`${folder}/target`, "private");
        expect(await host.mountsBelow(`${folder}/target`)).toMatchObject([{ propagation: "private" }]);
      });

      it("shifts owners by an id map", async () => {
        await host.setOwnership(`${folder}/source/inner`, owner);
        await host.bind(bindOf({ idMap }));
        await host.bind(bindOf({ idMap }));
        expect(await host.directory(`${folder}/target/inner`)).toEqual({
          ...owner,
          ownerUid: 301_000,
          ownerGid: 301_000,
        });
        expect(await host.mountsBelow(`${folder}/target`)).toHaveLength(1);
      });

      it("binds a directory on itself", async () => {
        const self = bindOf({ target: `${folder}/source`, propagation: "shared" });
        await host.bind(self);
        await host.bind(self);
        expect(await host.mountsBelow(folder)).toMatchObject([{ propagation: "shared" }]);
      });

      it("refuses where something else is mounted, and a source that is not there", async () => {
        await host.makeDirectory(`${folder}/other`);
        await host.bind(bindOf());
        const other = host.bind(bindOf({ source: `${folder}/other` }));
        await expect(other).rejects.toMatchObject({ code: "exists" });
        const none = host.bind(bindOf({ source: `${folder}/none`, target: `${folder}/t2` }));
        await expect(none).rejects.toMatchObject({ code: "missing" });
      });
    });

    describe("mountImage() and mountOverlay()", () => {
      const overlayOf = (): OverlayDefinition => ({
        target: `${folder}/root`,
        lower: `${folder}/image`,
        idMap,
        upper: `${folder}/upper`,
        work: `${folder}/work`,
      });

      it("mount once, say where the data is, and give the overlay to the mapped root", async () => {
        for (let time = 0; time < 2; time++) {
          await host.mountImage(setup.image, `${folder}/image`);
          await host.mountOverlay(overlayOf());
        }
        expect(await host.mountsBelow(folder)).toMatchObject([
          { target: `${folder}/image`, type: "squashfs", source: setup.image.path, readOnly: true },
          { target: `${folder}/root`, type: "overlay", source: `${folder}/upper`, readOnly: false },
        ]);
        expect(await host.directory(`${folder}/root`)).toMatchObject({
          ownerUid: 300_000,
          ownerGid: 300_000,
        });
      });

      it("keep what is written to the overlay in its upper directory", async () => {
        await host.mountImage(setup.image, `${folder}/image`);
        await host.mountOverlay(overlayOf());
        await host.writeText(`${folder}/root/f`, "kept");
        await host.unmount(`${folder}/root`);
        expect(await host.readText(`${folder}/upper/f`)).toBe("kept");
      });

      it("refuse an image that is not there and another lower in the same place", async () => {
        const none = host.mountImage({ path: `${folder}/none`, offset: 0, size: 4096 }, `${folder}/image`);
        await expect(none).rejects.toMatchObject({ code: "missing" });
        await host.mountImage(setup.image, `${folder}/image`);
        await host.mountImage(setup.image, `${folder}/image2`);
        await host.mountOverlay(overlayOf());
        const other = host.mountOverlay({ ...overlayOf(), lower: `${folder}/image2` });
        await expect(other).rejects.toMatchObject({ code: "exists" });
      });
    });

    describe("unmount()", () => {
      it("removes the mount, and does nothing without one", async () => {
        await host.makeDirectory(`${folder}/source`);
        await host.bind(bindOf());
        await host.unmount(`${folder}/target`);
        await host.unmount(`${folder}/target`);
        expect(await host.mountsBelow(folder)).toEqual([]);
        expect(await host.directory(`${folder}/target`)).toBeDefined();
      });

      it("refuses while something is mounted below, unless it is lazy", async () => {
        await host.makeDirectory(`${folder}/source/inner`);
        await host.bind(bindOf());
        await host.bind(bindOf({ target: `${folder}/target/inner` }));
        await expect(host.unmount(`${folder}/target`)).rejects.toMatchObject({ code: "busy" });
        await host.unmount(`${folder}/target`, { lazy: true });
        expect(await host.mountsBelow(`${folder}/target`)).toEqual([]);
      });
    });

    it("changes() speaks when a mount came, and ends when cancelled", async () => {
      await host.makeDirectory(`${folder}/source`);
      await seenThrough(
        (cancellation) => host.changes(cancellation),
        () => host.bind(bindOf()),
        async () => (await host.mountsBelow(folder)).length === 1,
      );
      const cancellation = newCancellation();
      const feed = host.changes(cancellation)[Symbol.asyncIterator]();
      const next = feed.next();
      cancellation.cancel();
      expect((await next).done).toBe(true);
    });
  });
}
