export { type Clock, systemClock, timestampOf } from "./clock.ts";
export { commonReasons, reasonTextOf } from "./common-reasons.ts";
export { isReady, readyConditionOf } from "./conditions.ts";
export {
  type Desired,
  desired,
  type Goal,
  type Name,
  type Outcome,
  type Plan,
  type Realizer,
  type Sensor,
  type StepContext,
  toPlan,
  type Transformer,
  type World,
} from "./contracts.ts";
export { either } from "./either.ts";
export { Engine, type EngineOptions } from "./engine.ts";
export { equalValue } from "./equal-value.ts";
export { OwnershipError } from "./errors.ts";
export { type GraphNode, graphToDot, realizerNode, sensorNode, transformerNode } from "./graph.ts";
export { keyOf, nameKey } from "./kind-cache.ts";
export type { ObjectEffect } from "./object-effect.ts";
export { previewChange } from "./preview.ts";
export { finalizerOf } from "./resource-writer.ts";
