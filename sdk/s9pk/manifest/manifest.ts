/** Text in one language, or by locale (`en_US`). */
export type LocaleString = string | Readonly<Record<string, string>>;

export interface ImageConfig {
  /** Architectures there are images for, as `uname -m` says them. */
  readonly arch: readonly string[];
  /** Architecture to run by emulation where there is no image of the machine's own. */
  readonly emulateMissingAs: string | null;
  readonly nvidiaContainer: boolean;
}
export interface DependencyInfo {
  readonly description: LocaleString | null;
  readonly optional: boolean;
}
export interface DeviceFilter {
  readonly description: string;
  readonly class: string;
  readonly product: string | null;
  readonly vendor: string | null;
}
export interface HardwareRequirements {
  readonly device: readonly DeviceFilter[];
  /** Bytes. */
  readonly ram: number | null;
  readonly arch: readonly string[] | null;
}

/** `manifest.json` of a package, section 2.2 of the format, with defaults filled in. Versions and ranges stay as written. */
export interface Manifest {
  readonly id: string;
  readonly version: string;
  readonly canMigrateTo: string;
  readonly canMigrateFrom: string;
  readonly title: string;
  readonly description: { readonly short: LocaleString; readonly long: LocaleString };
  readonly releaseNotes: LocaleString;
  readonly license: string;
  readonly gitHash: string | null;
  readonly packageRepo: string | null;
  readonly upstreamRepo: string;
  readonly marketingUrl: string | null;
  readonly donationUrl: string | null;
  readonly osVersion: string | null;
  readonly sdkVersion: string | null;
  readonly hardwareAcceleration: boolean;
  readonly userspaceFilesystems: boolean;
  readonly virtualNetworking: boolean;
  readonly plugins: readonly string[];
  readonly satisfies: readonly string[];
  readonly images: Readonly<Record<string, ImageConfig>>;
  readonly volumes: readonly string[];
  readonly dependencies: Readonly<Record<string, DependencyInfo>>;
  readonly hardwareRequirements: HardwareRequirements;
}
