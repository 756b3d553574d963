import type { EffectHandler } from "@freehold/agent-ports";
import { bindingKind } from "@freehold/apis/network";
import {
  archiveKind,
  packageKind,
  serviceInterfaceKind,
  serviceReportKind,
  actionKind,
} from "@freehold/apis/package";
import { machineKind } from "@freehold/apis/system";
import { containerKind, containerNameOf } from "@freehold/apis/workload";

import {
  type Effect,
  type EffectApi,
  type EffectCaller,
  type EffectContext,
  EffectError,
  EffectParams,
} from "./effect-context.ts";
import { hostEffects } from "./host-effects.ts";
import { lookupEffects } from "./lookup-effects.ts";
import { networkEffects } from "./network-effects.ts";
import { reportEffects } from "./report-effects.ts";
import { serviceEffects } from "./service-effects.ts";
import { subcontainerEffects } from "./subcontainer-effects.ts";

/** Kinds the effects look at through the agent's view. */
export const effectReads = [
  packageKind,
  archiveKind,
  actionKind,
  bindingKind,
  serviceInterfaceKind,
  serviceReportKind,
  machineKind,
  containerKind,
] as const;

const TABLE: ReadonlyMap<string, Effect> = new Map([
  ...Object.entries(serviceEffects),
  ...Object.entries(reportEffects),
  ...Object.entries(networkEffects),
  ...Object.entries(hostEffects),
  ...Object.entries(subcontainerEffects),
  ...Object.entries(lookupEffects),
]);

export interface EffectParts extends Omit<EffectContext, "caller" | "container" | "api" | "restart"> {
  /** The API as one package's identity. */
  apiOf(caller: EffectCaller): EffectApi;
  restart(container: string): void;
}

/** What answers a package's calls. One handler serves one container and can name no other. */
export function createEffects(parts: EffectParts): (caller: EffectCaller) => EffectHandler {
  return (caller) => {
    const container = containerNameOf({ metadata: caller });
    const context: EffectContext = {
      ...parts,
      caller,
      container,
      api: parts.apiOf(caller),
      restart: () => parts.restart(container),
    };
    return async (method, params) => {
      const effect = TABLE.get(method);
      if (!effect) throw new EffectError(`Cannot run "${method}": this server does not offer it`);
      return effect(new EffectParams(method, params), context);
    };
  };
}
