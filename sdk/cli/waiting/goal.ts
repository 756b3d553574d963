import { usageError } from "../cli-error.ts";
import type { Fields } from "../json.ts";
import { evaluatePath } from "../jsonpath/evaluate-path.ts";
import { parseTemplate } from "../jsonpath/parse-template.ts";
import { conditionOf } from "./condition.ts";

/** What is waited for. */
export interface Goal {
  /** For messages: `condition Ready=True`. */
  readonly title: string;
  /** Undefined stands for an object that is not there. */
  readonly isMet: (object: Fields | undefined) => boolean;
  /** Whether an object that is not there may be waited for. */
  readonly allowsAbsence: boolean;
}

/** Reads what `--for` says. Throws a usage error. */
export function parseGoal(text: string): Goal {
  if (text === "delete") return deletionGoal;
  if (text === "create")
    return { title: "create", isMet: (object) => object !== undefined, allowsAbsence: true };
  const condition = /^condition=([^=]+)(?:=(.+))?$/u.exec(text);
  if (condition) return conditionGoal(condition[1] ?? "", condition[2] ?? "True");
  const path = /^jsonpath=(\{[^]*\}|[^=]+)(?:=([^]*))?$/u.exec(text);
  if (path) return pathGoal(path[1] ?? "", path[2]);
  throw usageError(
    `Cannot wait for "${text}": wanted condition=TYPE[=STATUS], delete, create or jsonpath={PATH}[=VALUE]`,
    "for example --for condition=Ready",
  );
}

export const deletionGoal: Goal = {
  title: "delete",
  isMet: (object) => object === undefined,
  allowsAbsence: true,
};

export function conditionGoal(type: string, status: string): Goal {
  const wanted = status.toLowerCase();
  return {
    title: `condition ${type}=${status}`,
    isMet: (object) => object !== undefined && conditionOf(object, type)?.status.toLowerCase() === wanted,
    allowsAbsence: false,
  };
}

function pathGoal(text: string, wanted: string | undefined): Goal {
  const [part, ...rest] = parseTemplate(text.startsWith("{") ? text : `{${text}}`);
  if (part?.is !== "path" || rest.length > 0) {
    throw usageError(
      `Cannot wait for jsonpath "${text}": wanted one path`,
      "for example --for jsonpath='{.status.phase}'=Running",
    );
  }
  const { path } = part;
  const value = wanted?.replace(/^(["'])(.*)\1$/u, "$2");
  return {
    title: `jsonpath ${text}${wanted === undefined ? "" : `=${wanted}`}`,
    isMet: (object) => {
      const found = object === undefined ? [] : evaluatePath(path, object);
      if (value === undefined) return found.length > 0;
      return found.length === 1 && shown(found[0]) === value;
    },
    allowsAbsence: false,
  };
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
