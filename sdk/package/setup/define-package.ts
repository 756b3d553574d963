import type { Effects } from "../abi/effects.ts";
import type { PackageExports } from "../abi/package-exports.ts";
import type { DependencyRequirement, InitKind } from "../abi/values.ts";
import type { DaemonDefinition } from "../daemons/daemon-definition.ts";
import { DaemonGroup } from "../daemons/daemon-group.ts";
import { startInSubcontainer } from "../subcontainer/start-in-subcontainer.ts";
import { type ActionDefinition, actionTable, exportActions } from "./actions.ts";
import { backUpVolumes, containerPlaces, restoreVolumes } from "./backup.ts";
import { exportInterfaces, type InterfaceDefinition } from "./export-interfaces.ts";
import { completeManifest, type PackageManifest } from "./package-manifest.ts";

export interface PackageDefinition {
  readonly manifest: PackageManifest;
  readonly interfaces?: readonly InterfaceDefinition[];
  readonly dependencies?: readonly DependencyRequirement[];
  readonly actions?: readonly ActionDefinition[];
  /** Takes data of another version over; called before anything else of this version. */
  readonly migrate?: (from: string) => Promise<void>;
  /** Called at the first installation only, before interfaces are told. */
  readonly install?: (effects: Effects) => Promise<void>;
  /** What runs. Watched effects called in here restart the package when their answer changes. */
  readonly main: (effects: Effects) => Promise<readonly DaemonDefinition[]>;
}

/**
 * The exports of a package's index.js:
 * `export const { manifest, init, uninit, main, actions, createBackup } = definePackage({ … });`
 */
export function definePackage(definition: PackageDefinition): PackageExports {
  const { manifest, interfaces = [], dependencies = [], actions = [] } = definition;
  return {
    manifest: completeManifest(manifest),
    init: async ({ effects, kind }) => {
      await initData(definition, effects, kind);
      await exportInterfaces(effects, interfaces);
      await effects.setDependencies({ dependencies });
      await exportActions(effects, actions);
    },
    uninit: async ({ effects, target }) => {
      // Data of a package that is updated stays; the next version's init takes it over.
      if (target === null || target === undefined) await effects.setDataVersion({ version: null });
    },
    main: async ({ effects }) => {
      const group = new DaemonGroup(await definition.main(effects), effects, {
        start: startInSubcontainer(effects),
      });
      return { build: async () => group.start() };
    },
    actions: actionTable(actions),
    createBackup: ({ effects }) => backUpVolumes(effects, manifest.volumes, containerPlaces),
  };
}

async function initData(definition: PackageDefinition, effects: Effects, kind: InitKind): Promise<void> {
  const { manifest, migrate, install } = definition;
  const from =
    kind === "restore"
      ? await restoreVolumes(manifest.volumes, containerPlaces)
      : await effects.getDataVersion();
  if (from === manifest.version) return;
  if (from === null) await install?.(effects);
  else await migrate?.(from);
  await effects.setDataVersion({ version: manifest.version });
}
