import type { ArchiveHost, ArchiveState, ImageSource, MountHost } from "@freehold/agent-ports";
import type { ResourceOf } from "@freehold/apis";
import { archiveKind } from "@freehold/apis/package";
import type { Layout } from "@freehold/apis/system";
import { containerKind } from "@freehold/apis/workload";
import { type Goal, type Plan, type Realizer, type StepContext, toPlan, type World } from "@freehold/engine";

import { type ArchiveContent, contentOf } from "./archive-content.ts";

type Archive = ResourceOf<typeof archiveKind>;

export interface ArchiveControllerHost {
  readonly archives: ArchiveHost;
  readonly mounts: MountHost;
  readonly layout: Layout;
  readonly machine: string;
  /** As in archives: `x86_64`. */
  readonly architecture: string;
}

export interface ArchiveObservation {
  readonly name: string;
  readonly folder: string;
  readonly trash: string;
  readonly state: ArchiveState | undefined;
  readonly content: ArchiveContent | undefined;
  /** Mount points there are below the folder, parents first. */
  readonly mounted: readonly string[];
  /** Image settings there are beside the mount points. */
  readonly settings: readonly string[];
  readonly folderExists: boolean;
  /** Folders every container binds, also of an archive that has nothing to mount there. */
  readonly missingFolders: readonly string[];
  readonly usedBy: string | undefined;
}

interface SettingsFile {
  readonly entry: string;
  readonly target: string;
}

export type ArchiveStep =
  | { readonly do: "import"; readonly name: string; readonly file: string; readonly rootHash?: string }
  | { readonly do: "make-folder"; readonly path: string }
  | { readonly do: "write-settings"; readonly name: string; readonly files: readonly SettingsFile[] }
  | { readonly do: "mount"; readonly images: readonly (ImageSource & { readonly target: string })[] }
  | { readonly do: "unmount"; readonly target: string }
  | { readonly do: "remove-folder"; readonly path: string; readonly trash: string }
  | { readonly do: "remove-archive"; readonly name: string };

const IMPORT_DEADLINE_MS = 3_600_000;

/** Imports a verified archive, and keeps its images mounted. */
export const archiveController: Realizer<Archive, ArchiveControllerHost, ArchiveObservation, ArchiveStep> = {
  name: "package.archive",
  kind: archiveKind,
  reads: [containerKind],
  concerns: () => true,
  touchedBy: (changed) => (containerKind.matches(changed) ? [{ name: changed.spec.archive }] : []),
  observe: observeArchive,
  plan: planArchive,
  apply: applyArchiveStep,
  status: (_archive, { state }) =>
    state
      ? {
          rootHash: state.rootHash,
          signer: state.signer,
          sizeBytes: state.sizeBytes,
          manifest: state.manifest,
        }
      : {},
  deadlineMs: (step) => (step.do === "import" ? IMPORT_DEADLINE_MS : 60_000),
  orphans: orphanArchives,
  fact: (step) =>
    step.do === "mount" ? step.images.map(({ target }) => `${target} was not mounted`).join(", ") : step.do,
  wakes: ({ mounts }, signal) => mounts.changes(signal),
};

async function observeArchive(
  archive: Archive,
  { archives, mounts, layout, architecture }: ArchiveControllerHost,
  world: World,
): Promise<ArchiveObservation> {
  const { name } = archive.metadata;
  const folder = layout.archive(name);
  const bound = [`${folder}/images`, `${folder}/assets`];
  const [state, mounted, directory, settings, ...folders] = await Promise.all([
    archives.archive(name),
    mounts.mountsBelow(folder),
    mounts.directory(folder),
    mounts.list(`${folder}/images`),
    ...bound.map((path) => mounts.directory(path)),
  ]);
  return {
    name,
    folder,
    trash: layout.trash,
    state,
    content: state && contentOf(state, architecture),
    mounted: mounted.map(({ target }) => target),
    settings,
    folderExists: directory !== undefined,
    missingFolders: bound.filter((_, i) => folders[i] === undefined),
    usedBy: world.list(containerKind).find(({ spec }) => spec.archive === name)?.metadata.name,
  };
}

export function planArchive(goal: Goal<Archive>, observed: ArchiveObservation): Plan<ArchiveStep> {
  if (goal.want === "absent") return planRemoval(observed);
  const { spec } = goal.resource;
  const { name, state, content, folder } = observed;
  if (!state) {
    if (spec.file === undefined) {
      return { type: "stalled", reason: "Missing", message: "spec.file is not given" };
    }
    const { rootHash } = spec;
    const step: ArchiveStep = {
      do: "import",
      name,
      file: spec.file,
      ...(rootHash !== undefined && { rootHash }),
    };
    return { type: "steps", steps: [step], reason: "Importing" };
  }
  if (content?.type !== "usable") {
    return { type: "stalled", reason: "WrongArchitecture", message: content?.message ?? "it has no images" };
  }
  const files = content.settings
    .filter(({ file }) => !observed.settings.includes(file))
    .map(({ entry, file }) => ({ entry, target: `${folder}/images/${file}` }));
  const images = content.images
    .filter(({ place }) => !observed.mounted.includes(`${folder}/${place}`))
    .map(({ place, offset, size }) => ({ path: state.path, offset, size, target: `${folder}/${place}` }));
  const folders = observed.missingFolders.map((path): ArchiveStep => ({ do: "make-folder", path }));
  const settings: readonly ArchiveStep[] = files.length > 0 ? [{ do: "write-settings", name, files }] : [];
  const mounts: readonly ArchiveStep[] = images.length > 0 ? [{ do: "mount", images }] : [];
  return toPlan([...folders, ...settings, ...mounts]);
}

function planRemoval({
  name,
  folder,
  trash,
  state,
  mounted,
  folderExists,
  usedBy,
}: ArchiveObservation): Plan<ArchiveStep> {
  if (usedBy !== undefined) {
    return { type: "waiting", reason: "InUse", message: `the container of "${usedBy}" uses it` };
  }
  const steps: ArchiveStep[] = mounted.toReversed().map((target) => ({ do: "unmount", target }));
  if (folderExists) steps.push({ do: "remove-folder", path: folder, trash });
  if (state) steps.push({ do: "remove-archive", name });
  return toPlan(steps);
}

/** Archives and their folders that no Archive object stands for; what a container still names is left. */
async function orphanArchives(
  { archives, mounts, layout }: ArchiveControllerHost,
  world: World,
): Promise<readonly ArchiveStep[]> {
  const parent = `${layout.root}/images`;
  const [kept, folders] = await Promise.all([archives.names(), mounts.list(parent)]);
  const known = new Set([
    ...world.list(archiveKind).map(({ metadata }) => metadata.name),
    ...world.list(containerKind).map(({ spec }) => spec.archive),
  ]);
  const steps: ArchiveStep[] = [];
  for (const name of new Set([...kept, ...folders])) {
    if (known.has(name)) continue;
    const path = layout.archive(name);
    const mounted = await mounts.mountsBelow(path);
    steps.push(...mounted.toReversed().map(({ target }): ArchiveStep => ({ do: "unmount", target })));
    if (folders.includes(name)) steps.push({ do: "remove-folder", path, trash: layout.trash });
    if (kept.includes(name)) steps.push({ do: "remove-archive", name });
  }
  return steps;
}

async function applyArchiveStep(
  step: ArchiveStep,
  { archives, mounts }: ArchiveControllerHost,
  { signal, progress }: StepContext,
): Promise<void> {
  switch (step.do) {
    case "import": {
      const { rootHash } = step;
      await archives.importFile(step.name, step.file, {
        ...(rootHash !== undefined && { rootHash }),
        cancellation: signal,
        onProgress: (done, total) => progress({ phase: "verify", done, total, unit: "bytes" }),
      });
      return;
    }
    case "make-folder":
      return mounts.makeDirectory(step.path, 0o755);
    case "write-settings":
      return writeSettings(step, archives, mounts);
    case "mount":
      await Promise.all(step.images.map(({ target, ...image }) => mounts.mountImage(image, target)));
      return;
    case "unmount":
      return mounts.unmount(step.target);
    case "remove-folder":
      return mounts.removeTree(step.path, step.trash);
    case "remove-archive":
      return archives.remove(step.name);
  }
}

async function writeSettings(
  { name, files }: Extract<ArchiveStep, { readonly do: "write-settings" }>,
  archives: ArchiveHost,
  mounts: MountHost,
): Promise<void> {
  const contents = await archives.read(
    name,
    files.map(({ entry }) => entry),
  );
  // Side by side: they share the wait for the disk.
  await Promise.all(
    contents.map((bytes, i) =>
      mounts.writeText(files[i]?.target ?? "", Buffer.from(bytes).toString("utf8"), 0o644),
    ),
  );
}
