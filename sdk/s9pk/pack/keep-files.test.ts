import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { expect, test } from "vitest";

import { keepFiles } from "./keep-files.ts";

test("keepFiles() keeps a program, what its links lead to and the libraries it needs, and no more", async () => {
  const root = mkdtempSync(join(tmpdir(), "keep-"));
  try {
    for (const path of ["bin", "lib", "usr/share/doc", "srv/site"])
      mkdirSync(join(root, path), { recursive: true });
    copyFileSync("/bin/ls", join(root, "bin/real-ls"));
    symlinkSync("real-ls", join(root, "bin/ls"));
    const libraries = [...execFileSync("ldd", ["/bin/ls"], { encoding: "utf8" }).matchAll(/(\/\S+) \(0x/gu)];
    const names = libraries.map(([, path = ""]) => {
      copyFileSync(realpathSync(path), join(root, "lib", basename(path)));
      return basename(path);
    });
    for (const path of ["lib/libunused.so", "usr/share/doc/readme", "srv/site/index.html"])
      writeFileSync(join(root, path), "");
    await keepFiles(root, ["bin/ls", "srv/site"]);
    const found = readdirSync(root, { recursive: true }).map(String);
    const wanted = ["bin", "bin/ls", "bin/real-ls", "lib", "srv", "srv/site", "srv/site/index.html"];
    expect(found.toSorted()).toEqual([...wanted, ...names.map((name) => `lib/${name}`)].toSorted());
  } finally {
    rmSync(root, { recursive: true });
  }
});
