import {
  ExtendedVersion,
  VersionRange,
} from "@start9labs/start-sdk/node_modules/@start9labs/start-core/exver/index.js";

/** What `uninit` gets: a version, else a range, as instances whose structure the package's own exver library knows; null at uninstall. */
export function parseExitTarget(target: string | null): ExtendedVersion | VersionRange | null {
  if (target === null) return null;
  try {
    return ExtendedVersion.parse(target);
  } catch {
    // Not a version; then it must be a range, whose own error is the one worth showing.
    return VersionRange.parse(target).normalize();
  }
}
