import { describe, expect, it } from "vitest";

import { lineAbove, linesBelow, parseMountLines, rootOf } from "./mount-lines.ts";

// Shortened from real tables.
const table = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw,errors=remount-ro
30 22 254:0 /srv/vol /data\\040x rw,nosuid,idmapped shared:2 - ext4 /dev/vda rw
31 30 0:50 / /data\\040x/t rw master:2 - tmpfs none rw,size=4k
32 22 7:0 / /image ro,relatime shared:3 master:1 - squashfs /dev/loop0 ro
33 31 0:51 / /data\\040x/t ro - tmpfs none rw
34 22 0:52 / /bound rw unbindable - overlay 0123456789abcdef:/up rw,lowerdir=/l
`;
const lines = parseMountLines(table);

describe("parseMountLines()", () => {
  it("reads every field, with any number of propagation tags", () => {
    expect(
      lines.map(({ target, type, readOnly, propagation }) => [target, type, readOnly, propagation]),
    ).toEqual([
      ["/", "ext4", false, "private"],
      ["/data x", "ext4", false, "shared"],
      ["/data x/t", "tmpfs", false, "slave"],
      ["/image", "squashfs", true, "shared-slave"],
      ["/data x/t", "tmpfs", true, "private"],
      ["/bound", "overlay", false, "unbindable"],
    ]);
    expect(lines[1]).toMatchObject({ root: "/srv/vol", device: "254:0", idMapped: true, source: "/dev/vda" });
  });
});

describe("linesBelow()", () => {
  it("answers parents first and of stacked mounts the topmost", () => {
    expect(linesBelow(lines, "/data x").map(({ id }) => id)).toEqual([30, 33]);
    expect(linesBelow(lines, "/dat")).toEqual([]);
    expect(linesBelow(lines, "/").length).toBe(5);
  });
});

describe("rootOf()", () => {
  it("is the path within the filesystem of the nearest mount", () => {
    for (const [path, root] of [
      ["/data x/a/b", "/srv/vol/a/b"],
      ["/data x", "/srv/vol"],
      ["/etc", "/etc"],
      ["/", "/"],
    ] as const) {
      const above = lineAbove(lines, path);
      expect(above && rootOf(above, path)).toBe(root);
    }
  });
});
