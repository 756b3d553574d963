import { applyObject } from "../apply/apply-object.ts";
import { Placer } from "../apply/placer.ts";
import { exitCodes } from "../cli-error.ts";
import { Session } from "../connection/session.ts";
import { changeText } from "../history/change-text.ts";
import type { ReadChange } from "../history/revision-list.ts";
import { wishDifferences } from "../history/wish-differences.ts";
import type { Invocation } from "../invocation.ts";
import { type Fields, fieldsOf, listOf, textOf } from "../json.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import { coloured } from "../output/colour.ts";
import { escapeControls } from "../output/table.ts";

/** `freehold plan`: what an apply would change, here and in other objects. Nothing is written. Exits with 1 when there is something. */
export async function runPlan({ options, terminal, signal }: Invocation): Promise<number> {
  const manifests = await readManifests(options);
  using session = new Session(options);
  const placer = new Placer(session, options);
  const { transport } = session;
  const { colours } = terminal;
  let code: number = exitCodes.ok;
  for (const manifest of manifests) {
    const placed = await placer.place(manifest);
    const asked = { transport, dryRun: "server", annotate: false, effects: true, signal } as const;
    const { before, object, effects = [] } = await applyObject(placed, asked);
    const changes = wishDifferences(before, object);
    if (before && changes.length === 0 && effects.length === 0) {
      terminal.out(`  ${placed.title}: nothing to do\n`);
      continue;
    }
    code = exitCodes.failed;
    const sign = before ? "~" : "+";
    terminal.out(`${coloured(`${sign} ${placed.title}`, before ? "yellow" : "green", colours)}\n`);
    if (before) terminal.out(changeLines(changes));
    for (const effect of effects) terminal.out(effectText(effect, colours));
  }
  return code;
}

function effectText(effect: Fields, colours: boolean): string {
  const text = (name: string): string => escapeControls(textOf(effect[name]) ?? "");
  const namespace = text("namespace");
  const title = `${text("kind")} ${namespace === "" ? "" : `${namespace}/`}${text("name")}`;
  switch (text("verb")) {
    case "create":
      return `    ${coloured(`+ ${title}`, "green", colours)}\n`;
    case "delete":
      return `    ${coloured(`- ${title}`, "red", colours)}\n`;
    default: {
      const note = effect["restarts"] === true ? " (stops, and starts again)" : "";
      const head = `    ${coloured(`~ ${title}${note}`, "yellow", colours)}\n`;
      const changes = listOf(effect["changes"]).map(fieldsOf);
      return head + changeLines(changes.map(readChange), "        ");
    }
  }
}

function readChange({ path, from, to }: Fields): ReadChange {
  return { path: textOf(path) ?? "", from, to };
}

function changeLines(changes: readonly ReadChange[], margin = "    "): string {
  return changes.map((change) => `${margin}${changeText(change)}\n`).join("");
}
