export { containerKind } from "./container.ts";
