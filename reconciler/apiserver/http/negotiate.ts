import { notAcceptable } from "../errors/request-errors.ts";

/** How the client wants objects. */
export interface Representation {
  readonly form: "object" | "table" | "partial";
  /** `v1` or `v1beta1` of meta.k8s.io. */
  readonly version: string;
  readonly encoding: "json" | "yaml";
}

const PLAIN: Representation = { form: "object", version: "v1", encoding: "json" };
const ENCODINGS: Readonly<Record<string, Representation["encoding"]>> = {
  "application/json": "json",
  "application/*": "json",
  "*/*": "json",
  "application/yaml": "yaml",
};
const FORMS: Readonly<Record<string, Representation["form"]>> = {
  Table: "table",
  PartialObjectMetadata: "partial",
  PartialObjectMetadataList: "partial",
};

/** Takes the first clause of an Accept header that can be served. Throws 406. */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept === "") return PLAIN;
  for (const clause of accept.split(",")) {
    const found = readClause(clause);
    if (found) return found;
  }
  throw notAcceptable(["application/json", "application/yaml"]);
}

function readClause(clause: string): Representation | undefined {
  const { type, parameters } = readMediaType(clause);
  const encoding = Object.hasOwn(ENCODINGS, type) ? ENCODINGS[type] : undefined;
  if (encoding === undefined || parameters.get("stream") !== undefined) return undefined;
  const as = parameters.get("as");
  if (as === undefined) return { ...PLAIN, encoding };
  const version = parameters.get("v") ?? "";
  const form = Object.hasOwn(FORMS, as) ? FORMS[as] : undefined;
  const known = parameters.get("g") === "meta.k8s.io" && (version === "v1" || version === "v1beta1");
  return form !== undefined && known ? { form, version, encoding } : undefined;
}

/** `application/json;as=Table;v=v1` → type and parameters. */
export function readMediaType(text: string): { type: string; parameters: ReadonlyMap<string, string> } {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = rest.map((part): [string, string] => {
    const [name = "", value = ""] = part.split("=", 2);
    return [name, value.replace(/^"(.*)"$/, "$1")];
  });
  return { type: type.toLowerCase(), parameters: new Map(parameters) };
}
