import type { Author } from "../history/author.ts";
import type { Call } from "./call.ts";
import { fieldManagerOf } from "./field-manager.ts";
import { readMediaType } from "./negotiate.ts";

/** Who makes the write a request asks for, as the history keeps it. */
export function authorOf(call: Call): Author {
  const { identity, request } = call;
  return { user: identity.user, manager: fieldManagerOf(call), from: request.from, verb: verbOf(call) };
}

function verbOf({ request }: Call): Author["verb"] {
  switch (request.method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "DELETE":
      return "delete";
    default: {
      const { type } = readMediaType(request.header("content-type") ?? "");
      return type === "application/apply-patch+yaml" ? "apply" : "patch";
    }
  }
}
