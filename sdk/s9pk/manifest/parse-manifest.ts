import { ArchiveError } from "../archive-error.ts";
import type { Archive } from "../archive.ts";
import { JsonField } from "./json-field.ts";
import type { HardwareRequirements, ImageConfig, Manifest } from "./manifest.ts";

const id = /^[a-z0-9]+(-[a-z0-9]+)*$/u;
const idWords = "lower-case words joined by hyphens";
const version = /^(#[a-z]+:)?\d+(\.\d+)*(-[0-9A-Za-z.-]+)?:\d+(\.\d+)*(-[0-9A-Za-z.-]+)?$/u;

/** Reads and validates an archive's manifest.json. Codes `no-such-entry`, `corrupt`, `bad-manifest`. */
export async function readManifest(archive: Archive): Promise<Manifest> {
  return parseManifest(new TextDecoder().decode(await archive.cat("manifest.json", 4 * 1024 * 1024)));
}

/** Validates a manifest's text. Unknown fields are ignored; code `bad-manifest` names every field that is wrong. */
export function parseManifest(json: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw badManifest(["it is not JSON"], cause);
  }
  const problems: string[] = [];
  const root = new JsonField(value, "", problems);
  const manifest = { ...identityOf(root), ...aboutOf(root), ...needsOf(root) };
  if (manifest.id === "x_system") problems.push('id is "x_system", which is reserved');
  if (manifest.volumes.includes("BACKUP")) problems.push('volumes contains "BACKUP", which is reserved');
  if (problems.length > 0) throw badManifest(problems);
  return manifest;
}

function identityOf(root: JsonField) {
  return {
    id: root.at("id").matching(id, idWords),
    version: root.at("version").matching(version, "an exver such as 1.2.3:0"),
    canMigrateTo: root.at("canMigrateTo").text(),
    canMigrateFrom: root.at("canMigrateFrom").text(),
    satisfies: root.at("satisfies").optional((field) => field.list((item) => item.text())) ?? [],
  };
}

function aboutOf(root: JsonField) {
  const optionalText = (name: string) => root.at(name).optional((field) => field.text());
  return {
    title: root.at("title").text(),
    description: {
      short: root.at("description").at("short").localized(),
      long: root.at("description").at("long").localized(),
    },
    releaseNotes: root.at("releaseNotes").localized(),
    license: root.at("license").text(),
    gitHash: optionalText("gitHash"),
    packageRepo: optionalText("packageRepo"),
    upstreamRepo: root.at("upstreamRepo").text(),
    marketingUrl: optionalText("marketingUrl"),
    donationUrl: optionalText("donationUrl"),
    osVersion: optionalText("osVersion"),
    sdkVersion: optionalText("sdkVersion"),
  };
}

function needsOf(root: JsonField) {
  return {
    hardwareAcceleration: root.at("hardwareAcceleration").flag(false),
    userspaceFilesystems: root.at("userspaceFilesystems").flag(false),
    virtualNetworking: root.at("virtualNetworking").flag(false),
    plugins: root.at("plugins").optional((field) => field.list((item) => item.text())) ?? [],
    images: root.at("images").map(id, imageOf),
    volumes: root.at("volumes").list((item) => item.matching(/^(BACKUP|[a-z0-9]+(-[a-z0-9]+)*)$/u, idWords)),
    dependencies:
      root.at("dependencies").optional((field) =>
        field.map(id, (item) => ({
          description: item.at("description").optional((text) => text.localized()),
          optional: item.at("optional").flag(false),
        })),
      ) ?? {},
    hardwareRequirements: hardwareOf(root.at("hardwareRequirements")),
  };
}

function imageOf(field: JsonField): ImageConfig {
  return {
    arch: field.at("arch").optional((list) => list.list((item) => item.text())) ?? [
      "x86_64",
      "aarch64",
      "riscv64",
    ],
    emulateMissingAs: field.at("emulateMissingAs").optional((item) => item.text()),
    nvidiaContainer: field.at("nvidiaContainer").flag(false),
  };
}

function hardwareOf(field: JsonField): HardwareRequirements {
  const device = field.at("device").optional((list) =>
    list.list((item) => ({
      description: item.at("description").optional((text) => text.text()) ?? "",
      class: item.at("class").text(),
      product: item.at("product").optional((text) => text.text()),
      vendor: item.at("vendor").optional((text) => text.text()),
    })),
  );
  return {
    device: device ?? [],
    ram: field.at("ram").optional((item) => item.count()),
    arch: field.at("arch").optional((list) => list.list((item) => item.text())),
  };
}

function badManifest(problems: readonly string[], cause?: unknown): ArchiveError {
  const message = `Cannot use "manifest.json": ${problems.join("; ")}`;
  return new ArchiveError("bad-manifest", "manifest.json", message, { cause });
}
