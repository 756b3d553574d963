import { CliError, exitCodes } from "../cli-error.ts";
import type { ServedKind } from "../connection/discovery.ts";
import { editDistance } from "../connection/resolve-kind.ts";
import { Session } from "../connection/session.ts";
import { explainText } from "../explain/explain-text.ts";
import { readSchema, schemaOfKind, type Schemas } from "../explain/schema.ts";
import type { Invocation } from "../invocation.ts";
import { field, type Fields, fieldsOf } from "../json.ts";

/** `freehold explain`, from the OpenAPI the server gives. */
export async function runExplain({ terminal, options, words, signal }: Invocation): Promise<number> {
  const [word = "", ...path] = (words[0] ?? "").split(".");
  using session = new Session(options);
  const kind = await session.kind(word);
  const root = kind.group === "" ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`;
  const document = await session.transport.json({ method: "GET", path: `/openapi/v3/${root}`, signal });
  const schemas = fieldsOf(field(document, "components", "schemas"));
  const whole = schemaOfKind(schemas, kind);
  if (!whole) throw new CliError(`Cannot explain "${word}": the server publishes no schema for it`);
  const schema = readSchema(memberAt(whole, schemas, { kind, path }), schemas);
  const recursive = options.flag("recursive");
  terminal.out(explainText({ kind, name: path.at(-1), schema, schemas, recursive }));
  return exitCodes.ok;
}

/** Throws CliError naming the member that is not there, and those that are. */
function memberAt(
  whole: Fields,
  schemas: Schemas,
  { kind, path }: { readonly kind: ServedKind; readonly path: readonly string[] },
): Fields {
  return path.reduce((at, name, depth) => {
    const { members } = readSchema(at, schemas);
    const found = members.find((member) => member.name === name);
    if (found) return found.schema;
    const parent = [kind.singular, ...path.slice(0, depth)].join(".");
    const near = members.find((member) => editDistance(member.name.toLowerCase(), name.toLowerCase()) <= 2);
    throw new CliError(`field "${name}" does not exist in ${parent}`, {
      exitCode: exitCodes.notFound,
      next: near
        ? `did you mean ${parent}.${near.name}?`
        : members.length > 0
          ? `it has ${members.map((member) => member.name).join(", ")}`
          : "it has no fields",
    });
  }, whole);
}
