export { containerKind } from "./container.ts";
export * from "./identity.ts";
