import { randomBytes } from "node:crypto";
import { open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";

/** Replaces a file so that after a crash or power loss either the old or the new text is there. */
export async function writeText(path: string, text: string, mode: number): Promise<void> {
  await replaceText(path, text, mode, true);
  await using folder = await open(dirname(path), "r");
  await folder.sync();
}

/** The same for what need not outlive a power loss: processes see the old or the new text, and no disk is waited for. */
export async function writeVolatileText(path: string, text: string, mode: number): Promise<void> {
  await replaceText(path, text, mode, false);
}

async function replaceText(path: string, text: string, mode: number, durable: boolean): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
  try {
    {
      await using file = await open(temporary, "wx", mode);
      await file.chmod(mode);
      await file.writeFile(text);
      if (durable) await file.sync();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}
