import { volumeKind } from "@freehold/apis/storage";
import { describe, expect, it } from "vitest";

import { sample } from "../testing/samples.ts";
import { planVolume, type VolumeObservation } from "./volume-controller.ts";

const path = "/data/volumes/default/main";
const mount = {
  target: path,
  type: "ext4",
  root: path,
  source: "/dev/sda1",
  readOnly: false,
  propagation: "shared",
} as const;
const well: VolumeObservation = {
  path,
  trash: "/data/trash",
  directory: { ownerUid: 0, ownerGid: 0, mode: 0o755 },
  mount,
  below: [],
};
const nothing = { ...well, directory: undefined, mount: undefined };

function plan(observed: VolumeObservation, want: "present" | "absent" = "present", retain = true): string {
  const made = planVolume(
    { want, resource: sample(volumeKind, "main", { machine: "m1", retain }) },
    observed,
  );
  return made.type === "steps" ? made.steps.map((step) => step.do).join(", ") : made.type;
}

describe("planVolume()", () => {
  it.each([
    ["nothing is there", nothing, "make-directory, bind-to-itself, share"],
    ["all is there", well, "settled"],
    ["it is not mounted", { ...well, mount: undefined }, "bind-to-itself, share"],
    ["it does not propagate", { ...well, mount: { ...mount, propagation: "private" as const } }, "share"],
  ])("when %s", (_when, observed, expected) => {
    expect(plan(observed)).toBe(expected);
  });

  it("takes away what was mounted in it first, and data only when that was wished", () => {
    const used = { ...well, below: [`${path}/a`, `${path}/a/b`] };
    expect([plan(used, "absent"), plan(used, "absent", false)]).toEqual([
      "unmount, unmount, unmount",
      "unmount, unmount, unmount, remove-data",
    ]);
    const made = planVolume(
      { want: "absent", resource: sample(volumeKind, "main", { machine: "m1", retain: true }) },
      used,
    );
    expect(made).toMatchObject({ steps: [{ path: `${path}/a/b` }, { path: `${path}/a` }, { path }] });
    expect(plan(nothing, "absent", false)).toBe("settled");
  });
});
