import { exitCodes } from "../cli-error.ts";
import { apiVersionOf, qualifiedPlural } from "../connection/discovery.ts";
import { Session } from "../connection/session.ts";
import type { Invocation } from "../invocation.ts";
import { alignRows } from "../output/table.ts";

/** `freehold api-resources`. */
export async function runApiResources({ terminal, options }: Invocation): Promise<number> {
  using session = new Session(options);
  const kinds = await session.kinds();
  if (options.text("output") === "name") {
    terminal.out(kinds.map((kind) => `${qualifiedPlural(kind)}\n`).join(""));
    return exitCodes.ok;
  }
  const rows = kinds.map((kind) => [
    kind.plural,
    kind.shortNames.join(","),
    apiVersionOf(kind),
    String(kind.scope === "Namespaced"),
    kind.kind,
  ]);
  terminal.out(alignRows([["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"], ...rows]));
  return exitCodes.ok;
}
