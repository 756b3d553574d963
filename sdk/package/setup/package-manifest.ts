import type { Localized } from "../abi/values.ts";

/** What an author says of a package; the rest of `manifest.json` follows from it. */
export interface PackageManifest {
  /** Lower-case words joined by hyphens. */
  readonly id: string;
  /** exver: upstream's version, colon, revision of the packaging; `7.0.15:0`. */
  readonly version: string;
  readonly title: string;
  readonly license: string;
  readonly description: { readonly short: Localized; readonly long: Localized };
  readonly releaseNotes: Localized;
  readonly upstreamRepo: string;
  readonly packageRepo?: string;
  readonly marketingUrl?: string;
  readonly volumes: readonly string[];
  /** Image id → architectures it is built for. */
  readonly images: Readonly<Record<string, { readonly arch: readonly string[] }>>;
  /** Package id → why it is needed. */
  readonly dependencies?: Readonly<
    Record<string, { readonly description: Localized; readonly optional?: boolean }>
  >;
  /** Versions whose data `migrate` can take over; all when not given. */
  readonly canMigrateFrom?: string;
}

/** The `manifest` export, as hosts and `start-cli s9pk pack` read it. */
export function completeManifest(manifest: PackageManifest): Readonly<Record<string, unknown>> {
  const { images, dependencies = {} } = manifest;
  return {
    marketingUrl: null,
    donationUrl: null,
    packageRepo: manifest.upstreamRepo,
    canMigrateFrom: "*",
    ...manifest,
    canMigrateTo: "!",
    gitHash: null,
    osVersion: "0.4.0-beta.10",
    sdkVersion: null,
    hardwareAcceleration: false,
    userspaceFilesystems: false,
    virtualNetworking: false,
    plugins: [],
    satisfies: [],
    images: mapValues(images, ({ arch }) => {
      return { source: "packed", arch, emulateMissingAs: arch[0] ?? null, nvidiaContainer: false };
    }),
    dependencies: mapValues(dependencies, ({ description, optional = false }) => ({ description, optional })),
    hardwareRequirements: { device: [], ram: null, arch: null },
  };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
