import type { ArchiveState } from "@freehold/agent-ports";
import type { ResourceOf } from "@freehold/apis";
import { archiveKind } from "@freehold/apis/package";
import { containerKind } from "@freehold/apis/workload";
import { type Goal, type Plan, type Realizer, toPlan, type World } from "@freehold/engine";

import { applyArchiveStep, type ArchiveControllerHost, type ArchiveStep } from "./apply-archive-step.ts";
import { type ArchiveContent, contentOf } from "./archive-content.ts";

type Archive = ResourceOf<typeof archiveKind>;

export interface ArchiveObservation {
  readonly name: string;
  readonly folder: string;
  readonly trash: string;
  readonly state: ArchiveState | undefined;
  readonly content: ArchiveContent | undefined;
  /** Looked at only for an upload that is not here yet: whether it can be had. */
  readonly isAvailable: boolean;
  /** Whether an interrupted fetch has left something. */
  readonly isBegun: boolean;
  /** Mount points there are below the folder, parents first. */
  readonly mounted: readonly string[];
  /** Image settings there are beside the mount points. */
  readonly settings: readonly string[];
  readonly folderExists: boolean;
  /** Folders every container binds, also of an archive that has nothing to mount there. */
  readonly missingFolders: readonly string[];
  readonly usedBy: string | undefined;
}

const IMPORT_DEADLINE_MS = 3_600_000;
/** Nothing announces an upload. */
const UPLOAD_RETRY_MS = 5000;

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
  deadlineMs: ({ do: what }) => (what === "import" || what === "fetch" ? IMPORT_DEADLINE_MS : 60_000),
  orphans: orphanArchives,
  fact: (step) =>
    step.do === "mount" ? step.images.map(({ target }) => `${target} was not mounted`).join(", ") : step.do,
  wakes: ({ mounts }, signal) => mounts.changes(signal),
};

async function observeArchive(
  archive: Archive,
  host: ArchiveControllerHost,
  world: World,
): Promise<ArchiveObservation> {
  const { archives, mounts, layout, architecture } = host;
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
    isAvailable: state !== undefined || (await isAvailable(archive, host)),
    isBegun: state === undefined && (await archives.isBegun(name)),
    mounted: mounted.map(({ target }) => target),
    settings,
    folderExists: directory !== undefined,
    missingFolders: bound.filter((_, i) => folders[i] === undefined),
    usedBy: world.list(containerKind).find(({ spec }) => spec.archive === name)?.metadata.name,
  };
}

async function isAvailable({ spec }: Archive, { archives, origin }: ArchiveControllerHost): Promise<boolean> {
  const { file, rootHash } = spec;
  if (file !== undefined || rootHash === undefined) return true;
  return (await archives.hasKept(rootHash)) || (await origin.sizeOf(rootHash)) !== undefined;
}

export function planArchive(goal: Goal<Archive>, observed: ArchiveObservation): Plan<ArchiveStep> {
  if (goal.want === "absent") return planRemoval(observed);
  const { spec } = goal.resource;
  const { name, state, content, folder } = observed;
  if (!state) return planImport(spec, observed);
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

function planImport(
  spec: Archive["spec"],
  { name, isAvailable: isThere }: ArchiveObservation,
): Plan<ArchiveStep> {
  const { file, rootHash } = spec;
  if (file !== undefined) {
    const step: ArchiveStep = { do: "import", name, file, ...(rootHash !== undefined && { rootHash }) };
    return { type: "steps", steps: [step], reason: "Importing" };
  }
  if (rootHash === undefined) {
    return { type: "stalled", reason: "Missing", message: "neither spec.file nor spec.rootHash is given" };
  }
  if (isThere) return { type: "steps", steps: [{ do: "fetch", name, rootHash }], reason: "Fetching" };
  const message = `the server has no upload of ${rootHash}; freehold install FILE uploads it`;
  return { type: "waiting", reason: "NotUploaded", message, retryAfterMs: UPLOAD_RETRY_MS };
}

function planRemoval({
  name,
  folder,
  trash,
  state,
  mounted,
  folderExists,
  usedBy,
  isBegun,
}: ArchiveObservation): Plan<ArchiveStep> {
  if (usedBy !== undefined) {
    return { type: "waiting", reason: "InUse", message: `the container of "${usedBy}" uses it` };
  }
  const steps: ArchiveStep[] = mounted.toReversed().map((target) => ({ do: "unmount", target }));
  if (folderExists) steps.push({ do: "remove-folder", path: folder, trash });
  if (state || isBegun) steps.push({ do: "remove-archive", name });
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
