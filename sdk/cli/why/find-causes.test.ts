import { describe, expect, it } from "vitest";

import type { ServedKind } from "../connection/discovery.ts";
import { findCauses, rootsOf } from "./find-causes.ts";
import type { KnownObject } from "./known-object.ts";
import { causeText } from "./why-text.ts";

const kindOf = (kind: string): ServedKind => ({
  group: "test.freehold.dev",
  version: "v1",
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  shortNames: [],
  categories: [],
  scope: kind === "Archive" || kind === "Bridge" ? "Cluster" : "Namespaced",
  verbs: ["list"],
  hasStatus: true,
});
const kinds = new Map(["Package", "Container", "Archive", "Volume", "Bridge"].map((k) => [k, kindOf(k)]));

interface Sketch {
  readonly spec?: object;
  readonly status?: object;
  readonly metadata?: object;
}

/** `Ready` is well, `Stalled:Reason` is stalled, anything else a reason to wait. */
function make(
  kind: string,
  name: string,
  state: string,
  { spec, status, metadata }: Sketch = {},
): KnownObject {
  const served = kinds.get(kind) ?? kindOf(kind);
  const reason = state.replace("Stalled:", "");
  const condition = { reason, message: "", lastTransitionTime: "2026-01-02T03:04:05Z" };
  const conditions = [
    { type: "Ready", status: state === "Ready" ? "True" : "False", ...condition },
    ...(state.startsWith("Stalled:") ? [{ type: "Stalled", status: "True", ...condition }] : []),
  ];
  return {
    kind: served,
    isReported: true,
    object: {
      metadata: {
        name,
        uid: `${kind}/${name}`,
        ...(served.scope === "Namespaced" && { namespace: "default" }),
        ...metadata,
      },
      spec,
      status: state === "" ? undefined : { conditions, ...status },
    },
  };
}

const ownedBy = (name: string): Sketch => ({
  metadata: { ownerReferences: [{ uid: `Package/${name}` }] },
});

function roots(...[whole, ...others]: readonly [KnownObject, ...KnownObject[]]): readonly string[] {
  return rootsOf(findCauses(whole, { kinds: [...kinds.values()], objects: [whole, ...others] })).map(
    causeText,
  );
}

describe("findCauses()", () => {
  it("says of a well object that it is", () => {
    expect(roots(make("Package", "a", "Ready"))).toEqual(["Package default/a is Ready"]);
  });
  it("goes down to the part that is stalled, past those that wait for it", () => {
    const container = make("Container", "a", "ArchiveNotReady", {
      ...ownedBy("a"),
      spec: { archive: "a-1", volumes: [{ volume: "a-data" }] },
    });
    expect(
      roots(
        make("Package", "a", "Starting"),
        container,
        make("Archive", "a-1", "Stalled:StepFailed"),
        make("Volume", "a-data", "Ready"),
      ),
    ).toEqual(["Archive a-1 is stalled: StepFailed"]);
  });
  it("names what is referred to and not there", () => {
    const container = make("Container", "a", "VolumeNotReady", { ...ownedBy("a"), spec: { volume: "gone" } });
    expect(roots(make("Package", "a", "Starting"), container)).toEqual(['Volume "gone" does not exist']);
  });
  it("follows a dependency to its own cause", () => {
    const needy = make("Package", "b", "UnmetDependency", { status: { unmet: ["redis (not running)"] } });
    const redis = make("Package", "redis", "Starting", { status: { id: "redis" } });
    const container = make("Container", "redis", "CrashLoop", ownedBy("redis"));
    expect(roots(needy, redis, container)).toEqual(["Container default/redis is not Ready: CrashLoop"]);
    expect(roots(needy)).toEqual(['Package "redis" does not exist']);
  });
  it("lets a stalled object speak for itself when its parts only wait", () => {
    const archive = make("Archive", "a-1", "Progressing", ownedBy("a"));
    expect(roots(make("Package", "a", "Stalled:SignerChanged"), archive)).toEqual([
      "Package default/a is stalled: SignerChanged",
    ]);
  });
  it("tells of objects nobody looked at, and of those that are leaving", () => {
    expect(roots(make("Package", "a", ""))).toEqual([
      "Package default/a was not looked at in its newest generation",
    ]);
    const metadata = { deletionTimestamp: "2026-01-02T03:04:05Z", finalizers: ["x.org/held"] };
    expect(roots(make("Package", "a", "Ready", { metadata }))).toEqual([
      "Package default/a is being deleted; it is held by x.org/held",
    ]);
  });
  it("ends also where parts stand on each other", () => {
    const a = make("Package", "a", "UnmetDependency", { status: { unmet: ["b (not running)"] } });
    const b = make("Package", "b", "UnmetDependency", { status: { unmet: ["a (not running)"] } });
    expect(roots(a, b)).toEqual(["Package default/b is not Ready: UnmetDependency"]);
  });
});
