import { applyObject } from "../apply/apply-object.ts";
import { Placer } from "../apply/placer.ts";
import { exitCodes } from "../cli-error.ts";
import { Session } from "../connection/session.ts";
import type { Invocation } from "../invocation.ts";
import type { Fields } from "../json.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import { coloured } from "../output/colour.ts";
import { withoutManagedFields, yamlText } from "../output/object-text.ts";
import { unifiedDiff } from "../output/unified-diff.ts";

/** `freehold diff`: what the server would make of an apply, against what it has. */
export async function runDiff({ options, terminal, signal }: Invocation): Promise<number> {
  const manifests = await readManifests(options);
  using session = new Session(options);
  const placer = new Placer(session, options);
  let code: number = exitCodes.ok;
  for (const manifest of manifests) {
    const placed = await placer.place(manifest);
    const { transport } = session;
    const { before, object } = await applyObject(placed, {
      transport,
      dryRun: "server",
      annotate: false,
      signal,
    });
    const { kind, name, namespace } = placed;
    const place = [kind.group || "core", kind.version, kind.kind, namespace ?? "", name].join(".");
    const difference = unifiedDiff(objectText(before), objectText(object), [
      `LIVE/${place}`,
      `MERGED/${place}`,
    ]);
    if (difference === "") continue;
    code = exitCodes.failed;
    terminal.out(colouredDiff(difference, terminal.colours));
  }
  return code;
}

function objectText(object: Fields | undefined): string {
  return object === undefined ? "" : yamlText(withoutManagedFields(object));
}

function colouredDiff(text: string, wanted: boolean): string {
  if (!wanted) return text;
  return text.replaceAll(/^[-+@].*$/gm, (line) =>
    coloured(line, line.startsWith("-") ? "red" : line.startsWith("+") ? "green" : "dim", true),
  );
}
