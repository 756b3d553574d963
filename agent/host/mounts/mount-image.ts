import { closeSync } from "node:fs";
import { open, realpath } from "node:fs/promises";

import { HostError, type ImageSource } from "@freehold/agent-ports";
import {
  attachLoop,
  createMount,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  moveMount,
} from "@freehold/native";

import type { MountLine } from "./mount-lines.ts";
import { readLoopFact } from "./mount-table.ts";

/** A loop device ends at a multiple of this. */
const SECTOR = 512;
const SQUASHFS_MAGIC = 0x73717368;
const EROFS_MAGIC = 0xe0f5e1e2;

/** Mounts it at an existing directory where nothing is mounted. */
export async function mountImage(image: ImageSource, target: string): Promise<void> {
  const type = await imageType(image);
  const loop = attachLoop(image.path, image.offset, sectorsOf(image.size));
  try {
    const attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    const mount = await createMount(
      type,
      [
        ["source", loop.path],
        ["ro", null],
      ],
      attributes,
    );
    try {
      moveMount(mount, target);
    } finally {
      closeSync(mount);
    }
  } finally {
    closeSync(loop.descriptor);
  }
}

/** Whether a mount shows this very part of this very file. */
export async function showsImage(line: MountLine, image: ImageSource): Promise<boolean> {
  const loop = /^\/dev\/(loop\d+)$/.exec(line.source)?.[1];
  if (!loop) return false;
  const [file, offset, size] = await Promise.all([
    readLoopFact(loop, "backing_file"),
    readLoopFact(loop, "offset"),
    readLoopFact(loop, "sizelimit"),
  ]);
  const path = await realpath(image.path);
  return file === path && Number(offset) === image.offset && Number(size) === sectorsOf(image.size);
}

/** The bytes that the last sector holds beyond the image do no harm: the image knows its own length. */
function sectorsOf(size: number): number {
  return Math.ceil(size / SECTOR) * SECTOR;
}

async function imageType(image: ImageSource): Promise<"squashfs" | "erofs"> {
  await using file = await open(image.path, "r");
  const { size } = await file.stat();
  if (image.offset + sectorsOf(image.size) > size) {
    const found = `it ends at byte ${image.offset + image.size}, the file has ${size}; an image needs whole sectors of ${SECTOR} bytes`;
    throw new HostError("invalid", `Cannot mount "${image.path}": ${found}`);
  }
  const head = Buffer.alloc(1028);
  await file.read(head, 0, head.length, image.offset);
  if (head.readUInt32LE(0) === SQUASHFS_MAGIC) return "squashfs";
  if (head.readUInt32LE(1024) === EROFS_MAGIC) return "erofs";
  const found = `neither squashfs nor erofs at byte ${image.offset}`;
  throw new HostError("invalid", `Cannot mount "${image.path}": ${found}`);
}
