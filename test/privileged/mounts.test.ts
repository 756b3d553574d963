import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";

import type { ConformanceSetup } from "@freehold/agent-ports/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { linuxSetup } from "./linux-setup.ts";

const live = new AbortController().signal;

describe("LinuxMountHost", () => {
  let setup: ConformanceSetup;
  beforeEach(async () => {
    setup = await linuxSetup();
  });
  afterEach(() => setup[Symbol.asyncDispose]());

  it("mounts an image in the middle of a file at any byte, and one that ends an imported archive", async () => {
    const { mounts, archives } = setup.host;
    const image = readFileSync(setup.image.path);
    for (const offset of [1, 155, 511, 513, 4097]) {
      const file = `${setup.folder}/at-${offset}`;
      writeFileSync(file, Buffer.concat([Buffer.alloc(offset, 0xff), image, Buffer.alloc(700, 0xff)]));
      const source = { path: file, offset, size: image.length };
      for (let time = 0; time < 2; time++) await mounts.mountImage(source, `${setup.folder}/image-${offset}`);
      expect(readFileSync(`${setup.folder}/image-${offset}/init`, "utf8")).toContain("init runs");
    }
    const onProgress = (): void => undefined;
    const state = await archives.importFile("hello", setup.archives.good, { cancellation: live, onProgress });
    const entry = state.files["javascript.squashfs"];
    if (!entry) throw new Error("no entry");
    expect(entry.offset % 512).not.toBe(0);
    const { offset, size } = entry;
    await mounts.mountImage({ path: state.path, offset, size }, `${setup.folder}/archive`);
    expect(readFileSync(`${setup.folder}/archive/init`, "utf8")).toContain("init runs");
  });

  it("mounts erofs too, and refuses what is neither, saying so", async () => {
    const { mounts } = setup.host;
    const [tree, image] = [`${setup.folder}/tree`, `${setup.folder}/image.erofs`];
    await mounts.makeDirectory(tree);
    await mounts.writeText(`${tree}/f`, "text");
    execFileSync("mkfs.erofs", [image, tree], { stdio: "ignore" });
    await mounts.mountImage({ path: image, offset: 0, size: statSync(image).size }, `${setup.folder}/erofs`);
    expect(await mounts.readText(`${setup.folder}/erofs/f`)).toBe("text");
    expect(await mounts.mountsBelow(`${setup.folder}/erofs`)).toMatchObject([
      { type: "erofs", source: image },
    ]);
    writeFileSync(`${setup.folder}/zeros`, Buffer.alloc(8192));
    const zeros = mounts.mountImage(
      { path: `${setup.folder}/zeros`, offset: 0, size: 8192 },
      `${setup.folder}/z`,
    );
    await expect(zeros).rejects.toThrow("neither squashfs nor erofs");
  });

  it("copies a lower that cannot have shifted ids, and removes the copy with it", async () => {
    const { mounts } = setup.host;
    const lower = `${setup.folder}/ramfs`;
    await mounts.makeDirectory(lower);
    execFileSync("mount", ["-t", "ramfs", "none", lower]);
    writeFileSync(`${lower}/f`, "text");
    const idMap = { base: 300_000, count: 65_536 };
    const overlay = { target: `${setup.folder}/root`, lower, idMap };
    await mounts.mountOverlay({ ...overlay, upper: `${setup.folder}/upper`, work: `${setup.folder}/work` });
    expect(statSync(`${setup.folder}/root/f`).uid).toBe(300_000);
    await mounts.unmount(overlay.target);
    await mounts.unmount(lower);
    expect(readdirSync(setup.folder).filter((name) => name.startsWith("ramfs."))).toEqual([]);
  });

  it("leaves no loop device behind", async () => {
    const { mounts } = setup.host;
    await mounts.mountImage(setup.image, `${setup.folder}/image`);
    await mounts.unmount(`${setup.folder}/image`);
    await expect.poll(() => execFileSync("losetup", ["-j", setup.image.path], { encoding: "utf8" })).toBe("");
  });

  it("removeTree() follows no link and leaves what links point to", async () => {
    const { mounts } = setup.host;
    await mounts.makeDirectory(`${setup.folder}/keep`);
    await mounts.writeText(`${setup.folder}/keep/f`, "text");
    await mounts.makeDirectory(`${setup.folder}/a/b`);
    symlinkSync(`${setup.folder}/keep`, `${setup.folder}/a/b/link`);
    symlinkSync(`${setup.folder}/keep/f`, `${setup.folder}/a/link`);
    await mounts.removeTree(`${setup.folder}/a`, `${setup.folder}/trash`);
    expect(existsSync(`${setup.folder}/a`)).toBe(false);
    expect(await mounts.readText(`${setup.folder}/keep/f`)).toBe("text");
  });

  it("removeTree() never enters a mount in the trash that came after the check, and goes on when it is gone", async () => {
    const { mounts } = setup.host;
    const trash = `${setup.folder}/trash`;
    await mounts.makeDirectory(`${setup.folder}/keep`);
    await mounts.writeText(`${setup.folder}/keep/f`, "text");
    await mounts.makeDirectory(`${setup.folder}/a/b`);
    // What an interrupted call leaves, with a mount that somebody made there since.
    await mounts.removeTree(`${setup.folder}/none`, trash);
    await mounts.makeDirectory(`${setup.folder}/a2`);
    const { createHash } = await import("node:crypto");
    const digest = createHash("sha256").update(`${setup.folder}/a`).digest("hex").slice(0, 16);
    await mounts.bind({
      source: `${setup.folder}/keep`,
      target: `${trash}/${digest}-x/deep`,
      readOnly: false,
    });
    await expect(mounts.removeTree(`${setup.folder}/a`, trash)).rejects.toMatchObject({ code: "busy" });
    expect(await mounts.readText(`${setup.folder}/keep/f`)).toBe("text");
    await mounts.unmount(`${trash}/${digest}-x/deep`);
    await mounts.removeTree(`${setup.folder}/a`, trash);
    expect(readdirSync(trash)).toEqual([]);
    expect(existsSync(`${setup.folder}/a`)).toBe(false);
  });

  it("setOwnership() and makeDirectory() do not follow a link", async () => {
    const { mounts } = setup.host;
    await mounts.makeDirectory(`${setup.folder}/real`);
    symlinkSync(`${setup.folder}/real`, `${setup.folder}/link`);
    const change = mounts.setOwnership(`${setup.folder}/link`, { ownerUid: 5, ownerGid: 5, mode: 0o700 });
    await expect(change).rejects.toMatchObject({ code: "invalid" });
    await expect(mounts.makeDirectory(`${setup.folder}/link`)).rejects.toMatchObject({ code: "exists" });
    expect(await mounts.directory(`${setup.folder}/link`)).toBeUndefined();
  });

  it("unmount() removes stacked mounts", async () => {
    const { mounts } = setup.host;
    await mounts.makeDirectory(`${setup.folder}/t`);
    for (const size of ["4k", "8k"]) {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "none", `${setup.folder}/t`]);
    }
    await mounts.unmount(`${setup.folder}/t`);
    expect(await mounts.mountsBelow(setup.folder)).toEqual([]);
  });
});
