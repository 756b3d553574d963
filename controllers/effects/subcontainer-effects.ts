import { randomBytes } from "node:crypto";

import { containerKind } from "@freehold/apis/workload";
import { UID_COUNT } from "@freehold/apis/workload";

import { type Effect, type EffectContext, EffectError } from "./effect-context.ts";

/** Where the inside sees what the outside mounts. */
const INSIDE = "/media/startos/subcontainers";
/** A package that leaks subcontainers must not exhaust the machine's mounts. */
const MOST = 256;
const GUID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Mounts a writable copy of an image; answers where the inside sees it, and its guid. */
const createFs: Effect = async (params, context) => {
  const imageId = params.id("imageId");
  const { world, caller, mounts, layout } = context;
  const container = world.get(containerKind, caller.name, caller.namespace);
  if (!container) throw new EffectError(`Cannot create a subcontainer: container "${caller.name}" is gone`);
  if (!container.spec.images.includes(imageId)) {
    throw new EffectError(
      `Cannot create a subcontainer: there is no image "${imageId}", only ${container.spec.images.join(", ")}`,
    );
  }
  const folder = layout.container(container);
  if ((await mounts.list(folder.scratch)).length >= MOST) {
    throw new EffectError(`Cannot create a subcontainer: there are ${MOST} already`);
  }
  const guid = newGuid();
  const base = container.spec.uidBase;
  const own = { ownerUid: base, ownerGid: base, mode: 0o755 };
  const upper = folder.subcontainerUpper(guid);
  for (const path of [upper, `${upper}/etc`]) {
    await mounts.makeDirectory(path, 0o755);
    await mounts.setOwnership(path, own);
  }
  const files = { hostname: `${guid}\n`, hosts: hostsOf(guid) };
  for (const [name, text] of Object.entries(files)) {
    await mounts.writeText(`${upper}/etc/${name}`, text, 0o644);
    await mounts.setOwnership(`${upper}/etc/${name}`, { ...own, mode: 0o644 });
  }
  await mounts.makeDirectory(folder.subcontainerWork(guid), 0o711);
  await mounts.mountOverlay({
    target: `${folder.subcontainers}/${guid}`,
    lower: `${layout.archive(container.spec.archive)}/images/${imageId}`,
    idMap: { base, count: UID_COUNT },
    upper,
    work: folder.subcontainerWork(guid),
  });
  return [`${INSIDE}/${guid}`, guid];
};

/** An unknown guid is no error: the package may say it twice. */
const destroyFs: Effect = async (params, context) => {
  const guid = params.text("guid");
  if (!/^[A-Z2-7]{12}$/.test(guid))
    throw new EffectError(`Cannot destroy subcontainer "${guid}": that is no guid`);
  await removeSubcontainer(guid, context);
  return null;
};

async function removeSubcontainer(
  guid: string,
  { world, caller, mounts, layout }: EffectContext,
): Promise<void> {
  const container = world.get(containerKind, caller.name, caller.namespace);
  if (!container) return;
  const folder = layout.container(container);
  const target = `${folder.subcontainers}/${guid}`;
  // The inside mounted /proc, /dev and volumes there; they came back to us, locked to the root they are under, and go with it.
  // Something that still uses them must not keep the rest: it sees its mounts until it ends.
  await mounts.unmount(target, { lazy: true });
  // Nothing can be renamed out of a mount, which the folder is: it is its own trash.
  await mounts.removeTree(target, folder.subcontainers);
  await mounts.removeTree(`${folder.scratch}/${guid}`, layout.trash);
}

function newGuid(): string {
  return [...randomBytes(12)].map((byte) => GUID_LETTERS[byte % GUID_LETTERS.length]).join("");
}

function hostsOf(guid: string): string {
  return [
    "127.0.0.1 localhost",
    `127.0.1.1 ${guid}`,
    "::1 localhost ip6-localhost ip6-loopback",
    "ff02::1 ip6-allnodes",
    "ff02::2 ip6-allrouters",
    "",
  ].join("\n");
}

export const subcontainerEffects: Readonly<Record<string, Effect>> = {
  "subcontainer.create-fs": createFs,
  "subcontainer.destroy-fs": destroyFs,
};
