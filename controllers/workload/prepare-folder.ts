import type { IdMap, MountHost } from "@freehold/agent-ports";
import type { ContainerLayout } from "@freehold/apis/system";

/** Makes a container's folders, and the few files of its root that are this machine's. The marker is written last. */
export async function prepareFolder(
  folder: ContainerLayout,
  { base }: IdMap,
  mounts: MountHost,
): Promise<void> {
  const own = { ownerUid: base, ownerGid: base, mode: 0o755 };
  await mounts.makeDirectory(folder.root, 0o711);
  for (const path of [folder.rootfs, folder.work, folder.scratch]) await mounts.makeDirectory(path, 0o711);
  for (const path of [folder.upper, `${folder.upper}/etc`, folder.rpc, folder.subcontainers]) {
    await mounts.makeDirectory(path, 0o755);
    await mounts.setOwnership(path, own);
  }
  await mounts.writeText(
    `${folder.upper}/etc/resolv.conf`,
    resolversFrom(await mounts.readText("/etc/resolv.conf")),
    0o644,
  );
  await mounts.writeText(`${folder.root}/prepared`, String(base));
}

/** The machine's resolvers, without those only the machine itself can reach. */
export function resolversFrom(text: string | undefined): string {
  const lines = (text ?? "")
    .split("\n")
    .filter((line) => /^nameserver\s/.test(line) && !/^nameserver\s+(127\.|::1)/.test(line));
  return lines.map((line) => `${line.trim()}\n`).join("");
}
