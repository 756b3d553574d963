import { badRequest } from "../errors/request-errors.ts";

/** `All` is the only dry run there is. Throws 400. */
export function readDryRun(values: readonly string[]): boolean {
  const strange = values.find((value) => value !== "All" && value !== "");
  if (strange !== undefined) throw badRequest(`Cannot read dryRun: found "${strange}", wanted All`);
  return values.includes("All");
}
