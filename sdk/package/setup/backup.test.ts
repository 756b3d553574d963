import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { recordedEffects } from "../testing/recorded-effects.ts";
import { backUpVolumes, restoreVolumes } from "./backup.ts";

test("restoreVolumes() brings back what backUpVolumes() saved, with times, and says its version", async () => {
  const work = await mkdtemp(join(tmpdir(), "backup-"));
  try {
    const places = { volumes: join(work, "volumes"), backup: join(work, "backup") };
    await mkdir(join(places.volumes, "main/deep"), { recursive: true });
    await writeFile(join(places.volumes, "main/deep/file"), "text");
    await utimes(join(places.volumes, "main/deep/file"), 1000, 1000);
    const { effects } = recordedEffects(() => "1.2.3:0");
    await backUpVolumes(effects, ["main"], places);
    // A second backup replaces the first: what was deleted since is gone from it.
    await writeFile(join(places.volumes, "main/new"), "");
    await backUpVolumes(effects, ["main"], places);
    await rm(join(places.volumes, "main/new"));
    await backUpVolumes(effects, ["main"], places);
    expect(await readdir(join(places.backup, "volumes"))).toEqual(["main"]);

    const fresh = { ...places, volumes: join(work, "fresh") };
    await mkdir(join(fresh.volumes, "main"), { recursive: true });
    expect(await restoreVolumes(["main"], fresh)).toBe("1.2.3:0");
    expect(await readdir(join(fresh.volumes, "main"))).toEqual(["deep"]);
    expect(await readFile(join(fresh.volumes, "main/deep/file"), "utf8")).toBe("text");
    expect((await stat(join(fresh.volumes, "main/deep/file"))).mtimeMs).toBe(1_000_000);
  } finally {
    await rm(work, { recursive: true });
  }
});
