import { Environment } from "@marcbachmann/cel-js";

import { addListFunctions } from "./list-functions.ts";
import { addMacros } from "./macros.ts";
import { addTextFunctions } from "./text-functions.ts";
import { addValueFunctions } from "./value-functions.ts";

/** CEL with the functions Kubernetes has in the rules of CustomResourceDefinitions. */
export function ruleEnvironment(): Environment {
  const environment = new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits: {
      maxAstNodes: 20_000,
      maxDepth: 200,
      maxListElements: 5000,
      maxMapEntries: 5000,
      maxCallArguments: 32,
    },
  });
  addMacros(environment);
  addTextFunctions(environment);
  addListFunctions(environment);
  addValueFunctions(environment);
  return environment;
}
