import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import { builtInKinds, type Resource, type ResourceOf } from "@freehold/apis";
import { archiveKind } from "@freehold/apis/package";
import { machineKind } from "@freehold/apis/system";
import {
  bindingController,
  machineNetworkController,
  packageController,
  serviceInterfaceController,
} from "@freehold/controllers";
import { Engine } from "@freehold/engine";
import { FakeClock, MemoryStore, statusProblems, turn } from "@freehold/engine/testing";
import { describe, expect, it } from "vitest";
import { parseAllDocuments, stringify } from "yaml";

const MANIFESTS = fileURLToPath(new URL("../../manifests", import.meta.url));
const BY = { name: "test" } as const;
const files = globSync("**/*.yaml", { cwd: MANIFESTS, exclude: (path) => path.includes("node_modules") });

function documents(file: string): readonly Resource[] {
  return parseAllDocuments(readFileSync(`${MANIFESTS}/${file}`, "utf8")).map((document): Resource => document.toJS());
}

describe("manifests", () => {
  it("there is an example of every public kind", () => {
    const shown = new Set(files.filter((file) => file.startsWith("examples/")).flatMap(documents).map(({ kind }) => kind));
    const wanted = builtInKinds.filter(({ tier }) => tier === "public").map(({ kind }) => kind);
    expect(wanted.filter((kind) => !shown.has(kind))).toEqual([]);
  });

  it.each(files)("%s holds only what its kinds allow", (file) => {
    for (const resource of documents(file)) {
      const kind = builtInKinds.find((known) => known.matches(resource));
      expect(kind?.tier, `${resource.apiVersion} ${resource.kind}`).toBe("public");
      expect(kind?.check(structuredClone(resource))).toEqual({ problems: [], unknownFields: [] });
    }
  });

  it.each(files.filter((file) => file.startsWith("examples/")))("%s becomes these resources", async (file) => {
    const store = new MemoryStore();
    await store.create(machineKind, machineKind.draft({ name: "m1" }, machineSpec), BY);
    const engine = new Engine({ store, clock: new FakeClock(), component: "server" });
    engine.addTransformer(packageController);
    engine.addTransformer(serviceInterfaceController);
    engine.addTransformer(bindingController);
    engine.addTransformer(machineNetworkController);
    await engine.start();
    for (const resource of documents(file)) {
      const kind = builtInKinds.find((known) => known.matches(resource));
      if (kind) await store.create(kind, resource, BY);
    }
    for (let i = 0; i < 3; i += 1) {
      await turn(20);
      await engine.settled();
      await verify(store);
    }
    await engine.stop();
    const objects = [...store.objects.values()];
    for (const object of objects) {
      const kind = builtInKinds.find((known) => known.matches(object));
      if (kind?.kind === "Package") expect(statusProblems(kind, object)).toEqual([]);
    }
    const text = objects.filter(({ kind }) => kind !== "Event").map(show).toSorted().join("---\n");
    await expect(text).toMatchFileSnapshot(`./${basename(file, ".yaml")}.resources.yaml`);
  });
});

const machineSpec = { architecture: "x86_64", bridgeCidr: "10.77.0.1/16", dataPath: "/var/lib/freehold" };

/** What an agent does: says of each archive that it is there and what it holds. */
async function verify(store: MemoryStore): Promise<void> {
  for (const archive of (await store.list(archiveKind)).items) {
    if (archive.status) continue;
    const status = { observedGeneration: 1, conditions: [ready], rootHash: "ab".repeat(32), manifest };
    await store.updateStatus(archiveKind, { ...archive, status } satisfies ResourceOf<typeof archiveKind>, BY);
  }
}

const ready = {
  type: "Ready",
  status: "True" as const,
  reason: "Ready",
  message: "",
  observedGeneration: 1,
  lastTransitionTime: "2026-01-02T03:04:05Z",
};
const manifest = { id: "notes", title: "Notes", version: "1.0.0:0", images: { main: {} }, volumes: ["main", "config"] };

/** As YAML, without what depends on the order things happened in. */
function show({ apiVersion, kind, metadata, spec }: Resource): string {
  const { name, namespace, labels, finalizers } = metadata;
  const kept = { name, ...(namespace !== undefined && { namespace }), labels, finalizers };
  return stringify({ apiVersion, kind, metadata: kept, spec }, { sortMapEntries: false });
}
