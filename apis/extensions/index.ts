export { customResourceDefinitionKind } from "./custom-resource-definition.ts";
