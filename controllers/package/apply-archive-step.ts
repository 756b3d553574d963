import type { ArchiveHost, ArchiveOrigin, ImageSource, MountHost } from "@freehold/agent-ports";
import type { Layout } from "@freehold/apis/system";
import type { StepContext } from "@freehold/engine";

export interface ArchiveControllerHost {
  readonly archives: ArchiveHost;
  /** Where uploads are fetched from. */
  readonly origin: ArchiveOrigin;
  readonly mounts: MountHost;
  readonly layout: Layout;
  readonly machine: string;
  /** As in archives: `x86_64`. */
  readonly architecture: string;
}

interface SettingsFile {
  readonly entry: string;
  readonly target: string;
}

export type ArchiveStep =
  | { readonly do: "import"; readonly name: string; readonly file: string; readonly rootHash?: string }
  | { readonly do: "fetch"; readonly name: string; readonly rootHash: string }
  | { readonly do: "make-folder"; readonly path: string }
  | { readonly do: "write-settings"; readonly name: string; readonly files: readonly SettingsFile[] }
  | { readonly do: "mount"; readonly images: readonly (ImageSource & { readonly target: string })[] }
  | { readonly do: "unmount"; readonly target: string }
  | { readonly do: "remove-folder"; readonly path: string; readonly trash: string }
  | { readonly do: "remove-archive"; readonly name: string };

export async function applyArchiveStep(
  step: ArchiveStep,
  { archives, mounts, origin }: ArchiveControllerHost,
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
    case "fetch":
      await archives.importFrom(step.name, step.rootHash, {
        origin,
        cancellation: signal,
        onProgress: (phase, done, total) => progress({ phase, done, total, unit: "bytes" }),
      });
      return;
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
