import type { ObjectMeta } from "@freehold/apis";
import { describe, expect, test } from "vitest";

import { OwnerGraph } from "./owner-graph.ts";

function meta(uid: string, owners: readonly string[], more: Partial<ObjectMeta> = {}): ObjectMeta {
  const ownerReferences = owners.map((owner) => ({ apiVersion: "v1", kind: "X", name: owner, uid: owner }));
  return { name: uid, uid, resourceVersion: "7", ownerReferences, ...more };
}

const deleting = (finalizer: string): Partial<ObjectMeta> => ({
  deletionTimestamp: "2026-01-01T00:00:00Z",
  finalizers: [finalizer],
});

describe("OwnerGraph.work()", () => {
  test("wants nothing while an owner stands", () => {
    const graph = new OwnerGraph();
    graph.put("/o", meta("o", []));
    graph.put("/d", meta("d", ["o"]));
    expect(graph.work()).toEqual([]);
  });

  test("deletes a dependent when its last owner is gone", () => {
    const graph = new OwnerGraph();
    graph.put("/o", meta("o", []));
    graph.put("/d", meta("d", ["o"]));
    graph.remove("/o");
    expect(graph.work()).toEqual([{ do: "delete", key: "/d", uid: "d", resourceVersion: "7" }]);
  });

  test("keeps a dependent with another owner and strikes the one that is gone", () => {
    const graph = new OwnerGraph();
    graph.put("/p", meta("p", []));
    graph.put("/d", meta("d", ["o", "p"]));
    expect(graph.work()).toEqual([{ do: "disown", key: "/d", uid: "d", owners: ["o"] }]);
  });

  test("takes a namesake with another uid for another object", () => {
    const graph = new OwnerGraph();
    graph.put("/o", meta("o", []));
    graph.put("/d", meta("d", ["o"]));
    graph.put("/o", meta("o2", []));
    expect(graph.work()).toEqual([{ do: "delete", key: "/d", uid: "d", resourceVersion: "7" }]);
  });

  test("deletes dependents before an owner in foreground deletion, and releases it after", () => {
    const graph = new OwnerGraph();
    graph.put("/o", meta("o", [], deleting("foregroundDeletion")));
    graph.put("/d", meta("d", ["o"]));
    expect(graph.work()).toEqual([{ do: "delete", key: "/d", uid: "d", resourceVersion: "7" }]);
    graph.remove("/d");
    expect(graph.work()).toEqual([{ do: "release", key: "/o", uid: "o", finalizer: "foregroundDeletion" }]);
  });

  test("lets dependents of an orphaning owner go free", () => {
    const graph = new OwnerGraph();
    graph.put("/o", meta("o", [], deleting("orphan")));
    graph.put("/d", meta("d", ["o"]));
    expect(graph.work()).toEqual([{ do: "disown", key: "/d", uid: "d", owners: ["o"] }]);
    graph.put("/d", meta("d", []));
    expect(graph.work()).toEqual([{ do: "release", key: "/o", uid: "o", finalizer: "orphan" }]);
  });
});
