import { serviceAccountKind } from "@freehold/apis/core";
import { accessTokenKind, sessionKind, personKind } from "@freehold/apis/system";
import type { Change } from "@freehold/store";
import type { OnApplicationShutdown, OnModuleInit } from "@nestjs/common";

import { LevelLoop } from "../controllers/level-loop.ts";
import { kindPrefix } from "../registry/keys.ts";
import type { Registry } from "../registry/registry.ts";
import type { Revocations } from "./revocations.ts";

const PREFIXES = [serviceAccountKind, accessTokenKind, sessionKind, personKind].map(kindPrefix);

/** Announces when something that lets people or programs in changed or went; roles announce themselves. */
export class IdentityChanges implements OnModuleInit, OnApplicationShutdown {
  readonly #loop: LevelLoop;

  constructor(registry: Registry, revocations: Revocations, log: (message: string) => void) {
    this.#loop = new LevelLoop(
      (signal) => changesIn(registry, signal),
      async () => revocations.announce(),
      log,
    );
  }

  onModuleInit(): void {
    this.#loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#loop.stop();
  }
}

async function* changesIn(registry: Registry, signal: AbortSignal): AsyncGenerator<boolean> {
  for await (const changes of registry.changes(signal)) yield changes.some(concerns);
}

/** What is new has let nobody in yet. */
function concerns(change: Change): boolean {
  if (change.type === "put" && !change.previous) return false;
  const key = change.type === "put" ? change.entry.key : change.key;
  return PREFIXES.some((prefix) => key.startsWith(prefix));
}
