import type { IdMap, MountHost } from "@freehold/agent-ports";
import type { ContainerLayout } from "@freehold/apis/system";

/**
 * Makes a container's folders. The marker is written last, and waits for no disk: a power loss that takes directories takes the
 * later marker too, and an empty one is no marker.
 */
export async function prepareFolder(
  folder: ContainerLayout,
  { base }: IdMap,
  mounts: MountHost,
): Promise<void> {
  const own = { ownerUid: base, ownerGid: base, mode: 0o755 };
  const makeOwn = async (path: string): Promise<void> => {
    await mounts.makeDirectory(path, 0o755);
    await mounts.setOwnership(path, own);
  };
  await mounts.makeDirectory(folder.root, 0o711);
  await Promise.all([
    ...[folder.rootfs, folder.work, folder.scratch].map((path) => mounts.makeDirectory(path, 0o711)),
    ...[folder.rpc, folder.subcontainers].map(makeOwn),
    makeOwn(folder.upper).then(() => makeOwn(`${folder.upper}/etc`)),
  ]);
  await mounts.writeText(`${folder.root}/prepared`, String(base), 0o600, { volatile: true });
}

/** Where a container's root says who resolves names. */
export function resolversFile(folder: ContainerLayout): string {
  return `${folder.upper}/etc/resolv.conf`;
}

/** The machine's resolvers, without those only the machine itself can reach. */
export function resolversFrom(text: string | undefined): string {
  const lines = (text ?? "")
    .split("\n")
    .filter((line) => /^nameserver\s/.test(line) && !/^nameserver\s+(127\.|::1)/.test(line));
  return lines.map((line) => `${line.trim()}\n`).join("");
}
