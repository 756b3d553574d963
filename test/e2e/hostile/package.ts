import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

import { attempts } from "./attempts.ts";

/** A package whose only aim is to get out. What it tried and what came of it goes to its volume. */
const REPORT = "/media/startos/volumes/main/report.json";

export const manifest = {
  id: "hostile",
  title: "Hostile",
  version: "1.0.0:0",
  canMigrateTo: "!",
  canMigrateFrom: "*",
  description: { short: "Tries to get out", long: "Tries to get out" },
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

export async function init(): Promise<void> {
  mkdirSync("/tmp/hostile", { recursive: true });
}

export async function uninit(): Promise<void> {}

export async function main(): Promise<{ build: () => Promise<{ term: () => Promise<void> }> }> {
  const target: unknown = JSON.parse(readFileSync("/media/startos/volumes/main/target.json", "utf8"));
  const results: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(attempts(target))) {
    try {
      results[name] = `GOT THROUGH: ${String(await attempt())}`;
    } catch (error) {
      results[name] = `refused: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300);
    }
  }
  writeFileSync(REPORT, JSON.stringify(results));
  return { build: async () => ({ term: async () => undefined }) };
}

export const actions = { get: () => undefined };

export async function createBackup(): Promise<void> {}
