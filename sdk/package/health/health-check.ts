import type { HealthResult } from "../abi/values.ts";

/** Looks once whether something works. What it throws counts as a failure with that text. */
export type HealthCheck = () => Promise<HealthResult>;

export const healthy = (message: string): HealthResult => ({ result: "success", message });
export const failing = (message: string): HealthResult => ({ result: "failure", message });
