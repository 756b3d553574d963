import { type Environment, Optional, type ParseResult } from "@marcbachmann/cel-js";

import type { Schema, ValidationRule } from "../structural-schema.ts";
import { ownCalls } from "./own-calls.ts";
import { readableError } from "./readable-error.ts";
import { ruleEnvironment } from "./rule-environment.ts";
import { type Shape, Shapes } from "./shapes.ts";

/** A rule that can be run. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program: ParseResult;
  readonly message: ParseResult | undefined;
  /** Whether it compares with what was before. */
  readonly isTransition: boolean;
}

/** The rules of a schema and of what is below, without the branches that have none. */
export interface RuleTree {
  readonly schema: Schema;
  readonly shape: Shape;
  readonly rules: readonly CompiledRule[];
  readonly members: ReadonlyMap<string, RuleTree>;
  readonly others: RuleTree | undefined;
  readonly items: RuleTree | undefined;
}

export interface RuleFault {
  readonly path: string;
  readonly found: string;
  readonly why: string;
}

interface Place {
  readonly path: string;
  /** Whether a value's former self can be told: not in lists without keys. */
  readonly isCorrelatable: boolean;
  readonly isRoot: boolean;
}

/** Compiles all rules of a schema. `tree` is undefined when there are none. */
export function compileRules(
  schema: Schema,
  path: string,
): { readonly tree: RuleTree | undefined; readonly faults: readonly RuleFault[] } {
  const compiler = new Compiler();
  const tree = compiler.tree(schema, { path, isCorrelatable: true, isRoot: true });
  return { tree, faults: compiler.faults };
}

class Compiler {
  readonly faults: RuleFault[] = [];
  readonly #environment: Environment = ruleEnvironment();
  readonly #shapes = new Shapes(this.#environment);
  readonly #waiting: (() => void)[] = [];

  tree(schema: Schema, place: Place): RuleTree | undefined {
    const tree = this.#tree(schema, place);
    // Only when all types are known can environments be derived that have them.
    for (const compile of this.#waiting) compile();
    return tree;
  }

  #tree(schema: Schema, place: Place): RuleTree | undefined {
    const { path, isCorrelatable } = place;
    const found = schema["x-kubernetes-validations"] ?? [];
    const below = (member: Schema, name: string, isKnown = isCorrelatable): RuleTree | undefined =>
      this.#tree(member, { path: `${path}.${name}`, isCorrelatable: isKnown, isRoot: false });
    const named = Object.entries(schema.properties ?? {}).flatMap(([name, member]): [string, RuleTree][] => {
      const tree = below(member, `properties[${name}]`);
      return tree ? [[name, tree]] : [];
    });
    const { additionalProperties, items } = schema;
    const others =
      typeof additionalProperties === "object"
        ? below(additionalProperties, "additionalProperties")
        : undefined;
    const isKeyed = schema["x-kubernetes-list-type"] === "map";
    const itemTree = items && below(items, "items", isCorrelatable && isKeyed);
    if (found.length === 0 && named.length === 0 && !others && !itemTree) return undefined;
    const shape = place.isRoot ? this.#shapes.object(schema) : this.#shapes.of(schema);
    const rules: CompiledRule[] = [];
    found.forEach((rule, i) => {
      const at = { ...place, path: `${path}.x-kubernetes-validations[${i}]` };
      this.#waiting.push(() => {
        const compiled = this.#rule(rule, shape, at);
        if (compiled) rules.push(compiled);
      });
    });
    return { schema, shape, rules, members: new Map(named), others, items: itemTree };
  }

  #rule(rule: ValidationRule, shape: Shape, place: Place): CompiledRule | undefined {
    const { path } = place;
    const isTransition = /\boldSelf\b/.test(rule.rule);
    const said = [rule.rule, rule.message, rule.messageExpression].map((text) => text?.trim());
    if (said[0] === "") return this.#fail(`${path}.rule`, rule.rule, "rule is not specified");
    if (isTransition && !place.isCorrelatable) {
      const why = "oldSelf cannot be used on the uncorrelatable portion of the schema";
      return this.#fail(`${path}.rule`, rule.rule, why);
    }
    if (rule.optionalOldSelf === true && !isTransition) {
      return this.#fail(`${path}.optionalOldSelf`, "true", "may not be set if oldSelf is not used in rule");
    }
    if (rule.message !== undefined && said[1] === "") {
      return this.#fail(`${path}.message`, rule.message, "message must be non-empty if specified");
    }
    const oldType = rule.optionalOldSelf === true ? `optional<${shape.type}>` : shape.type;
    const scope = this.#environment
      .clone()
      .registerVariable("self", shape.type)
      .registerVariable("oldSelf", oldType);
    const program = this.#program(scope, rule.rule, `${path}.rule`, "bool");
    if (rule.messageExpression === undefined)
      return program && { rule, program, message: undefined, isTransition };
    const message = this.#program(scope, rule.messageExpression, `${path}.messageExpression`, "string");
    return program && message && { rule, program, message, isTransition };
  }

  #program(
    scope: Environment,
    text: string,
    path: string,
    wanted: "bool" | "string",
  ): ParseResult | undefined {
    const own = ownCalls(text);
    const { valid, type, error } = scope.check(own);
    if (!valid) return this.#fail(path, text, `compilation failed: ${readableError(error, text)}`);
    if (type === wanted || type === "dyn") return scope.parse(own);
    const what = wanted === "bool" ? "cel expression" : "messageExpression";
    return this.#fail(path, text, `${what} must evaluate to a ${wanted}`);
  }

  #fail(path: string, found: string, why: string): undefined {
    this.faults.push({ path, found, why });
  }
}

/** What `oldSelf` is for a rule that can do without. */
export function optionalOf(value: unknown): Optional {
  return value === undefined ? Optional.none() : Optional.of(value);
}
