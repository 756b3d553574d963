import { applyPatch, Pointer, type Operation } from "rfc6902";

import { ApiError } from "../errors/api-error.ts";
import { badRequest } from "../errors/request-errors.ts";
import { isObject } from "../json/json-object.ts";

const MAX_OPERATIONS = 10_000;
/** As much as a body may be: a copy into itself doubles the object, so that thirty of them would fill any memory. */
const MAX_COPIED_CHARACTERS = 3 * 1024 * 1024;
const OPERATIONS = new Set(["add", "remove", "replace", "move", "copy", "test"]);

/** JSON patch (RFC 6902) on a copy. Throws 400 when malformed, 413 when too long or copying too much, 422 when it does not fit. */
export function jsonPatch(target: object, patch: unknown): unknown {
  const operations = readOperations(patch);
  const copy = structuredClone(target);
  let copied = 0;
  for (const operation of operations) {
    if (operation.op === "copy") copied += sizeAt(copy, operation.from);
    if (copied > MAX_COPIED_CHARACTERS) {
      const message = `Cannot copy "${operation.path}": the patch copies more than ${MAX_COPIED_CHARACTERS} characters`;
      throw new ApiError(413, "RequestEntityTooLarge", message);
    }
    const [error] = applyPatch(copy, [operation]);
    if (error) throw doesNotFit(operation, error);
  }
  return copy;
}

function doesNotFit({ op, path }: Operation, error: Error): ApiError {
  return new ApiError(
    422,
    "Invalid",
    `the server rejected our request due to an error in our request: Cannot ${op} "${path}": ${error.message || error.name}`,
  );
}

/** Characters of JSON that a pointer leads to; 0 when it leads nowhere. */
function sizeAt(target: object, pointer: string): number {
  return (JSON.stringify(Pointer.fromJSON(pointer).evaluate(target).value) ?? "").length;
}

function readOperations(patch: unknown): readonly Operation[] & Operation[] {
  if (!Array.isArray(patch)) throw badRequest("Cannot read the JSON patch: wanted an array of operations");
  if (patch.length > MAX_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    throw new ApiError(413, "RequestEntityTooLarge", message);
  }
  return patch.map((operation: unknown, i) => {
    if (!isOperation(operation)) {
      throw badRequest(`Cannot read operation ${i} of the JSON patch: found ${JSON.stringify(operation)}`);
    }
    return operation;
  });
}

function isOperation(value: unknown): value is Operation {
  if (!isObject(value) || !isPointer(value["path"])) return false;
  const { op, from } = value;
  if (typeof op !== "string" || !OPERATIONS.has(op)) return false;
  if (op === "move" || op === "copy") return isPointer(from);
  return op === "remove" || Object.hasOwn(value, "value");
}

/** A pointer into JSON; one through a prototype is none of ours. */
function isPointer(value: unknown): boolean {
  return (
    typeof value === "string" &&
    /^(\/|$)/.test(value) &&
    !/\/(__proto__|constructor|prototype)(\/|$)/.test(value)
  );
}
