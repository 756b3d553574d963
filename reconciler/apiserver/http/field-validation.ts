import { ApiError } from "../errors/api-error.ts";
import { invalid } from "../errors/object-errors.ts";
import { badRequest } from "../errors/request-errors.ts";
import type { Call } from "./call.ts";

type Mode = "Strict" | "Warn" | "Ignore";

/** What `fieldValidation` asks for about fields the kind does not know or that came twice. */
export interface FieldValidation {
  /** Throws 400 (Strict), warns or says nothing. */
  readonly duplicates: (paths: readonly string[]) => void;
  readonly unknown: (paths: readonly string[]) => void;
}

export function fieldValidationOf({ request, kind, name }: Call): FieldValidation {
  const mode = readMode(request.query.get("fieldValidation"));
  const report = (faults: readonly string[]): void => {
    if (faults.length === 0 || mode === "Ignore") return;
    if (mode === "Warn") {
      faults.forEach((fault) => request.warn(fault));
      return;
    }
    const message = `strict decoding error: ${faults.join(", ")}`;
    if (request.method === "PATCH") {
      throw invalid(kind, name, [
        { path: "patch", reason: "FieldValueInvalid", message: `Invalid value: ${message}` },
      ]);
    }
    throw new ApiError(
      400,
      "BadRequest",
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${message}`,
    );
  };
  return {
    duplicates: (paths) => report(paths.map((path) => `duplicate field "${path}"`)),
    unknown: (paths) => report(paths.map((path) => `unknown field "${path}"`)),
  };
}

function readMode(text: string | null): Mode {
  switch (text ?? "") {
    case "":
    case "Warn":
      return "Warn";
    case "Strict":
      return "Strict";
    case "Ignore":
      return "Ignore";
    default:
      throw badRequest(
        `Cannot read query parameter "fieldValidation": found "${text}", wanted Ignore, Warn or Strict`,
      );
  }
}
