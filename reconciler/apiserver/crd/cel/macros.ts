import { type Environment, Optional } from "@marcbachmann/cel-js";

/** What the CEL library hands to macros; it does not export these. */
interface Node {
  readonly op: string;
  readonly args: unknown;
}
interface Type {
  readonly kind: string;
  readonly name: string;
  readonly keyType?: Type;
  readonly valueType?: Type;
}
interface Scope {
  forkWithVariable(name: string, type: Type): Inner;
}
interface Inner extends Scope {
  reuse(around: Scope): Inner;
  setIterValue(value: unknown, evaluator: Evaluator): Inner;
}
interface Checker {
  readonly registry: { getOptionalType(of: Type): Type; getListType(of: Type): Type };
  check(node: Node, scope: Scope): Type;
  getType(name: string): Type;
  createError(code: string, message: string, node: Node): Error;
}
interface Evaluator {
  run(node: Node, scope: Scope): unknown;
  debugType(value: unknown): {
    fieldLazy(value: unknown, name: string, node: Node, evaluator: Evaluator): unknown;
  };
}
interface Call {
  readonly args: readonly Node[];
  readonly receiver: Node;
}

/** Macros of CEL that the library does not have: comprehensions with two variables, and mapping of optionals. */
export function addMacros(environment: Environment): void {
  environment.registerFunction("hat(ast): bool", ({ args: [node] }: Call) => memberMacro(node));
  for (const type of ["list", "map"]) {
    environment
      .registerFunction(`${type}.all(ast, ast, ast): bool`, quantifier(everyOne))
      .registerFunction(`${type}.exists(ast, ast, ast): bool`, quantifier(anyOne))
      .registerFunction(
        `${type}.existsOne(ast, ast, ast): bool`,
        quantifier((results) => [...results].filter(Boolean).length === 1),
      )
      .registerFunction(`${type}.transformList(ast, ast, ast): list<dyn>`, transformList);
  }
  environment
    .registerFunction("optional.optMap(ast, ast): optional<dyn>", optionalMacro(false))
    .registerFunction("optional.optFlatMap(ast, ast): optional<dyn>", optionalMacro(true));
}

/** `has()` of a member of anything; the library's own takes chains of names alone. */
function memberMacro(node: Node | undefined): object {
  const [inner, name] = node?.op === "." && Array.isArray(node.args) ? (node.args as [Node, string]) : [];
  return {
    async: false,
    typeCheck: (checker: Checker, _: unknown, scope: Scope): Type => {
      if (!node || !inner) throw new Error("has() invalid argument");
      checker.check(node, scope);
      return checker.getType("bool");
    },
    evaluate: (evaluator: Evaluator, _: unknown, scope: Scope): boolean => {
      if (!inner || name === undefined) return false;
      const value = evaluator.run(inner, scope);
      return evaluator.debugType(value).fieldLazy(value, name, inner, evaluator) !== undefined;
    },
  };
}

function everyOne(results: Iterable<unknown>): boolean {
  for (const one of results) if (one !== true) return false;
  return true;
}

function anyOne(results: Iterable<unknown>): boolean {
  for (const one of results) if (one === true) return true;
  return false;
}

/** Runs a body for each key and value of a list or map. */
class Pairs {
  readonly #call: Call;
  #key: Inner | undefined;
  #value: Inner | undefined;

  constructor(call: Call) {
    this.#call = call;
  }

  check(checker: Checker, scope: Scope): Type {
    const { receiver, args } = this.#call;
    const [key, value, body] = args;
    const range = checker.check(receiver, scope);
    const any = checker.getType("dyn");
    const keyType = range.kind === "list" ? checker.getType("int") : (range.keyType ?? any);
    this.#key = scope.forkWithVariable(nameOf(checker, key, receiver), keyType);
    this.#value = this.#key.forkWithVariable(nameOf(checker, value, receiver), range.valueType ?? any);
    return checker.check(body ?? receiver, this.#value);
  }

  *run(evaluator: Evaluator, scope: Scope): Generator<unknown, void> {
    const { receiver, args } = this.#call;
    const body = args[2] ?? receiver;
    for (const [key, value] of entriesOf(evaluator.run(receiver, scope))) {
      if (!this.#key || !this.#value) return;
      const inner = this.#key.reuse(scope).setIterValue(key, evaluator);
      yield evaluator.run(body, this.#value.reuse(inner).setIterValue(value, evaluator));
    }
  }
}

function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (Array.isArray(value)) return value.map((item, i) => [BigInt(i), item]);
  return value instanceof Map ? [...value] : [];
}

function nameOf(checker: Checker, node: Node | undefined, around: Node): string {
  if (node?.op === "id" && typeof node.args === "string") return node.args;
  throw checker.createError("invalid_macro_argument", "argument must be a simple name", node ?? around);
}

function quantifier(decide: (results: Iterable<unknown>) => boolean) {
  return (call: Call): object => {
    const pairs = new Pairs(call);
    return {
      async: false,
      typeCheck: (checker: Checker, _: unknown, scope: Scope): Type => {
        const { name, kind } = pairs.check(checker, scope);
        if (name === "bool" || kind === "dyn") return checker.getType("bool");
        throw checker.createError(
          "predicate_type",
          "predicate must return bool",
          call.args[2] ?? call.receiver,
        );
      },
      evaluate: (evaluator: Evaluator, _: unknown, scope: Scope) => decide(pairs.run(evaluator, scope)),
    };
  };
}

function transformList(call: Call): object {
  const pairs = new Pairs(call);
  return {
    async: false,
    typeCheck: (checker: Checker, _: unknown, scope: Scope) =>
      checker.registry.getListType(pairs.check(checker, scope)),
    evaluate: (evaluator: Evaluator, _: unknown, scope: Scope) => [...pairs.run(evaluator, scope)],
  };
}

/** `optMap` and, where the body is optional itself, `optFlatMap`. */
function optionalMacro(isFlat: boolean) {
  return ({ receiver, args: [variable, body = receiver] }: Call): object => {
    let inner: Inner | undefined;
    return {
      async: false,
      typeCheck: (checker: Checker, _: unknown, scope: Scope): Type => {
        const { valueType } = checker.check(receiver, scope);
        inner = scope.forkWithVariable(
          nameOf(checker, variable, receiver),
          valueType ?? checker.getType("dyn"),
        );
        const type = checker.check(body, inner);
        return isFlat ? type : checker.registry.getOptionalType(type);
      },
      evaluate: (evaluator: Evaluator, _: unknown, scope: Scope): unknown => {
        const optional = evaluator.run(receiver, scope);
        if (!(optional instanceof Optional) || !optional.hasValue() || !inner) return optional;
        const value = evaluator.run(body, inner.reuse(scope).setIterValue(optional.value(), evaluator));
        return isFlat ? value : Optional.of(value);
      },
    };
  };
}
