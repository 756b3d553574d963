import { equalJson } from "../../json/equal-json.ts";
import { isObject } from "../../json/json-object.ts";
import { oldItems } from "../old-items.ts";
import { type CompiledRule, optionalOf, type RuleTree } from "./compiled-rules.ts";
import { summaryOf } from "./readable-error.ts";

/** A rule that does not hold of a value. */
export interface BrokenRule {
  readonly path: string;
  /** The type of the value, as its schema says. */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** More than anybody reads; also bounds the answer. */
const MOST = 100;
const LONGEST_MESSAGE = 5 * 1024;

/** Runs the rules on an object; `old` is what it replaces, undefined for a new one. */
export function checkRules(tree: RuleTree, value: unknown, old: unknown): readonly BrokenRule[] {
  const broken: BrokenRule[] = [];
  visit(tree, { value, old, path: "" }, broken);
  return broken;
}

interface Place {
  readonly value: unknown;
  readonly old: unknown;
  readonly path: string;
}

function visit(tree: RuleTree, place: Place, broken: BrokenRule[]): void {
  const { value, old, path } = place;
  if (value === undefined || value === null || broken.length >= MOST) return;
  const isSame = old !== undefined && equalJson(value, old);
  const applicable = tree.rules.filter((rule) => isApplicable(rule, old, isSame));
  if (applicable.length > 0) {
    const self = tree.shape.toCel(value);
    const oldSelf = old === undefined || old === null ? undefined : tree.shape.toCel(old);
    for (const rule of applicable) run(rule, { self, oldSelf, tree, path }, broken);
  }
  if (Array.isArray(value)) {
    const { items } = tree;
    const before = oldItems(tree.schema, old);
    if (items)
      value.forEach((item: unknown, i) =>
        visit(items, { value: item, old: before(item), path: `${path}[${i}]` }, broken),
      );
    return;
  }
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    const below =
      tree.members.get(name) ?? (Object.hasOwn(tree.schema.properties ?? {}, name) ? undefined : tree.others);
    const was = isObject(old) && Object.hasOwn(old, name) ? old[name] : undefined;
    if (below)
      visit(below, { value: member, old: was, path: path === "" ? name : `${path}.${name}` }, broken);
  }
}

/** Rules about a change need one; what did not change is no fault of the write. */
function isApplicable({ rule, isTransition }: CompiledRule, old: unknown, isSame: boolean): boolean {
  if (!isTransition) return !isSame;
  return rule.optionalOldSelf === true || (old !== undefined && old !== null);
}

interface Run {
  readonly self: unknown;
  readonly oldSelf: unknown;
  readonly tree: RuleTree;
  readonly path: string;
}

function run(
  { rule, program, message }: CompiledRule,
  { self, oldSelf, tree, path }: Run,
  broken: BrokenRule[],
): void {
  const context = { self, oldSelf: rule.optionalOldSelf === true ? optionalOf(oldSelf) : oldSelf };
  const said = rule.message?.trim() ?? `failed rule: ${rule.rule.trim()}`;
  const fail = (why: string): void => {
    const at = `${path}${rule.fieldPath ?? ""}`.replace(/^\./, "");
    broken.push({
      path: at === "" ? "<nil>" : at,
      type: tree.schema.type ?? "object",
      reason: rule.reason ?? "FieldValueInvalid",
      message: why,
    });
  };
  try {
    const holds: unknown = program(context);
    if (holds !== true) fail(message ? (textOf(message(context)) ?? said) : said);
  } catch (error) {
    fail(`${error instanceof Error ? summaryOf(error) : String(error)} evaluating rule: ${said}`);
  }
}

/** A computed message that can be shown; otherwise the fixed one stands. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" || text.includes("\n") || text.length > LONGEST_MESSAGE ? undefined : text;
}
