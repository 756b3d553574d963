import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** A package that fails in the way its name tells, so that one archive does for many faults. */
const volume = "/media/startos/volumes/main";

interface Effects {
  setHealth(health: object): Promise<unknown>;
  setDataVersion(options: { version: string }): Promise<unknown>;
}

export const manifest = {
  id: "faulty",
  title: "Faulty",
  version: "1.0.0:0",
  canMigrateTo: "!",
  canMigrateFrom: "*",
  description: { short: "Fails as told", long: "Fails as told" },
  releaseNotes: "",
  license: "MIT",
  gitHash: null,
  upstreamRepo: "https://example.invalid",
  marketingUrl: null,
  donationUrl: null,
  images: {},
  volumes: ["main"],
  dependencies: {},
  hardwareRequirements: { device: [], ram: null, arch: null },
};

const mode = (): string =>
  existsSync(`${volume}/mode`) ? readFileSync(`${volume}/mode`, "utf8").trim() : "well";

export async function init({ effects }: { effects: Effects }): Promise<void> {
  if (mode() === "init-throws") throw new Error("the data is of a future version");
  await effects.setDataVersion({ version: manifest.version });
}

export async function uninit(): Promise<void> {}

export async function main({ effects }: { effects: Effects }): Promise<{ build: () => Promise<object> }> {
  const how = mode();
  if (how === "main-throws") throw new Error("the configuration names no upstream");
  if (how === "unhealthy") {
    const health = { id: "web", name: "Web page", result: "failure", message: "upstream answers 502" };
    await effects.setHealth(health);
  }
  if (how === "exits") setTimeout(() => process.exit(3), 300);
  if (how === "hog") void hog();
  return { build: async () => ({ term: async () => undefined }) };
}

async function hog(): Promise<void> {
  const held: Buffer[] = [];
  for (;;) {
    held.push(Buffer.alloc(16 << 20, 1));
    await pause(10);
  }
}

export const actions = { get: () => undefined };

export async function createBackup(): Promise<void> {}
