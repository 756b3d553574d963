import { describe, expect, it } from "vitest";

import { webArchive } from "../testing/samples.ts";
import { contentOf } from "./archive-content.ts";
import { type ArchiveObservation, planArchive } from "./archive-controller.ts";

const file = (path: string, offset: number): { path: string; offset: number; size: number } => ({
  path,
  offset,
  size: 512,
});
const state = {
  rootHash: "ab".repeat(32),
  signer: "cd".repeat(32),
  sizeBytes: 9000,
  manifest: { images: { main: { emulateMissingAs: "x86_64" } } },
  path: "/kept.s9pk",
  files: {
    "javascript.squashfs": file("javascript.squashfs", 1024),
    "images/x86_64/main.squashfs": file("images/x86_64/main.squashfs", 2048),
    "images/x86_64/main.env": file("images/x86_64/main.env", 4096),
  },
};
const folder = "/data/images/hello";
const well: ArchiveObservation = {
  name: "hello",
  folder,
  trash: "/data/trash",
  state,
  content: contentOf(state, "x86_64"),
  mounted: [`${folder}/images/main`, `${folder}/javascript`],
  isAvailable: true,
  isBegun: false,
  settings: ["main", "main.env"],
  folderExists: true,
  missingFolders: [],
  usedBy: undefined,
};

function plan(
  change: Partial<ArchiveObservation>,
  want: "present" | "absent" = "present",
  resource = webArchive,
): string {
  const made = planArchive({ want, resource }, { ...well, ...change });
  if (made.type === "steps") return made.steps.map((step) => step.do).join(", ");
  return made.type === "settled" ? made.type : `${made.type} ${made.reason}: ${made.message}`;
}

describe("contentOf()", () => {
  it("takes the image of this architecture, or the one that stands in", () => {
    expect(contentOf(state, "aarch64")).toEqual(contentOf(state, "x86_64"));
    expect(contentOf(state, "x86_64")).toMatchObject({
      type: "usable",
      imageIds: ["main"],
      images: [
        { place: "javascript", offset: 1024 },
        { place: "images/main", offset: 2048 },
      ],
      settings: [{ file: "main.env" }],
    });
  });
  it("says what is missing", () => {
    expect(contentOf({ ...state, files: {} }, "x86_64")).toMatchObject({
      message: "it has no javascript.squashfs",
    });
    expect(contentOf({ ...state, manifest: { images: { main: {} } } }, "riscv64")).toMatchObject({
      message: 'image "main" is not there for riscv64',
    });
  });
});

describe("planArchive()", () => {
  it.each<[string, Partial<ArchiveObservation>, string]>([
    ["it was not imported", { state: undefined, content: undefined }, "import"],
    ["all is mounted", {}, "settled"],
    ["nothing is mounted", { mounted: [], settings: [] }, "write-settings, mount"],
    ["it has no assets", { missingFolders: [`${folder}/assets`] }, "make-folder"],
    [
      "it has no image for us",
      { content: { type: "unusable", message: "no" } },
      "stalled WrongArchitecture: no",
    ],
  ])("when %s", (_when, change, expected) => {
    expect(plan(change)).toBe(expected);
  });
  it("says that no source was named", () => {
    const resource = { ...webArchive, spec: { machine: "m1" } };
    expect(plan({ state: undefined }, "present", resource)).toBe(
      "stalled Missing: neither spec.file nor spec.rootHash is given",
    );
  });
  it("fetches an upload, waits for one that is not there, and removes half of one", () => {
    const resource = { ...webArchive, spec: { machine: "m1", rootHash: "ab" } };
    expect(plan({ state: undefined }, "present", resource)).toBe("fetch");
    expect(plan({ state: undefined, isAvailable: false }, "present", resource)).toBe(
      "waiting NotUploaded: the server has no upload of ab; freehold install FILE uploads it",
    );
    const gone = { state: undefined, mounted: [], folderExists: false, isBegun: true };
    expect(plan(gone, "absent", resource)).toBe("remove-archive");
  });
  it("goes backwards, once no container uses it", () => {
    expect(plan({ usedBy: "web" }, "absent")).toBe('waiting InUse: the container of "web" uses it');
    expect(plan({}, "absent")).toBe("unmount, unmount, remove-folder, remove-archive");
    expect(plan({ state: undefined, mounted: [], folderExists: false }, "absent")).toBe("settled");
  });
});
