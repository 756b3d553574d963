import { type ClusterRole, clusterRoleKind } from "@freehold/apis/rbac";
import type { OnApplicationShutdown, OnModuleInit } from "@nestjs/common";

import { LevelLoop } from "../../controllers/level-loop.ts";
import { isApiError } from "../../errors/api-error.ts";
import { equalJson } from "../../json/equal-json.ts";
import { kindPrefix } from "../../registry/keys.ts";
import type { Registry } from "../../registry/registry.ts";
import { gatheredRules } from "./gathered-rules.ts";

const MANAGER = "clusterrole-aggregation";

/** Fills the rules of ClusterRoles that have an aggregationRule, again and again until nothing changes. */
export class RoleGathering implements OnModuleInit, OnApplicationShutdown {
  readonly #registry: Registry;
  readonly #loop: LevelLoop;

  constructor(registry: Registry, log: (message: string) => void) {
    this.#registry = registry;
    this.#loop = new LevelLoop(
      (signal) => this.#watchRoles(signal),
      () => this.pass(),
      log,
    );
  }

  onModuleInit(): void {
    const { group, version, plural } = clusterRoleKind;
    if (this.#registry.kinds.find(group, version, plural)) this.#loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#loop.stop();
  }

  async *#watchRoles(signal: AbortSignal): AsyncGenerator<boolean> {
    const prefix = kindPrefix(clusterRoleKind);
    for await (const changes of this.#registry.changes(signal)) {
      yield (
        changes.length === 0 ||
          changes.some((change) => (change.type === "put" ? change.entry.key : change.key).startsWith(prefix))
      );
    }
  }

  /** One look at all of them; roles gather from roles that gather, so what this writes wakes it once more. */
  async pass(): Promise<void> {
    const { items } = await this.#registry.list(clusterRoleKind);
    const all = items.map((item): ClusterRole => clusterRoleKind.decode(item));
    for (const role of all) {
      if (!role.aggregationRule) continue;
      const rules = gatheredRules(role, all);
      if (equalJson(rules, role.rules ?? [])) continue;
      try {
        await this.#registry.update(clusterRoleKind, role.metadata, () => ({ ...role, rules }), {
          manager: MANAGER,
        });
      } catch (error) {
        // Somebody changed or removed it meanwhile; that is seen as well.
        if (!isApiError(error, "Conflict") && !isApiError(error, "NotFound")) throw error;
      }
    }
  }
}
