import type { Advice } from "../advice.ts";
import { summaryOf } from "../history/change-text.ts";
import type { ReadRevision } from "../history/revision-list.ts";
import { type Fields, textOf } from "../json.ts";
import { ageText } from "../output/amounts.ts";
import { coloured } from "../output/colour.ts";
import { escapeControls } from "../output/table.ts";
import type { Cause } from "./find-causes.ts";
import { nameOf, namespaceOf, titleOf } from "./known-object.ts";

/** What is known of a cause beside its conditions. */
export interface RootFacts {
  readonly root: Cause;
  /** Oldest first. */
  readonly events: readonly Fields[];
  readonly advice: Advice | undefined;
}

export interface Why {
  readonly cause: Cause;
  readonly roots: readonly RootFacts[];
  /** The newest change of the object's wish. */
  readonly latest: ReadRevision | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly colours: boolean;
}

const EVENTS_SHOWN = 3;

/** From the object down to the causes, then what is known of these, and what to do. */
export function whyText({ cause, roots, latest, now, colours }: Why): string {
  const lines = treeLines(cause, 0, now);
  const isWell = cause.type === "object" && ["ready", "plain"].includes(cause.standing.type);
  if (!isWell) {
    for (const facts of roots) {
      lines.push("", `${coloured("Cause", "red", colours)}: ${causeText(facts.root)}`);
      lines.push(...eventLines(facts.events, now));
      if (facts.advice) lines.push(`Means: ${facts.advice.text}`);
      lines.push(`Next:  ${facts.advice?.next ?? nextFor(facts.root)}`);
    }
  }
  if (latest) {
    const age = ageText((now - Date.parse(latest.time)) / 1000);
    const by = escapeControls(latest.manager === "" ? latest.user : `${latest.user} (${latest.manager})`);
    lines.push("", `Last change: revision ${latest.revision} by ${by}, ${age} ago: ${summaryOf(latest)}`);
  }
  return `${lines.join("\n")}\n`;
}

function treeLines(cause: Cause, depth: number, now: number): string[] {
  const margin = depth === 0 ? "" : `${"  ".repeat(depth)}because `;
  if (cause.type === "missing") return [`${margin}${causeText(cause)}`];
  const { standing } = cause;
  const since = "condition" in standing ? Date.parse(standing.condition.lastTransitionTime) : Number.NaN;
  const age = Number.isNaN(since) ? "" : `, for ${ageText((now - since) / 1000)}`;
  return [
    `${margin}${causeText(cause)}${age}`,
    ...cause.because.flatMap((inner) => treeLines(inner, depth + 1, now)),
  ];
}

/** One cause in a line: `Container default/redis is not Ready: CrashLoop (it ended by itself 3 times)`. */
export function causeText(cause: Cause): string {
  if (cause.type === "missing") return `${cause.kind} "${escapeControls(cause.name)}" does not exist`;
  const title = titleOf(cause.known);
  const { standing } = cause;
  switch (standing.type) {
    case "plain":
      return `${title} is there; its kind reports no state`;
    case "ready":
      return `${title} is Ready${said(standing.condition)}`;
    case "unready":
      return `${title} is ${standing.stalled ? "stalled" : "not Ready"}${said(standing.condition)}`;
    case "unseen":
      return `${title} was not looked at in its newest generation`;
    case "leaving":
      return `${title} is being deleted; it is held by ${standing.finalizers.join(", ") || "nothing"}`;
  }
}

function said({ reason, message }: { readonly reason: string; readonly message: string }): string {
  if (message === "") return reason === "Ready" ? "" : `: ${reason}`;
  return `: ${reason} (${escapeControls(message)})`;
}

function eventLines(events: readonly Fields[], now: number): readonly string[] {
  return events
    .filter(({ type }) => type === "Warning")
    .slice(-EVENTS_SHOWN)
    .map((event) => {
      const time = Date.parse(textOf(event["lastTimestamp"]) ?? "");
      const age = Number.isNaN(time) ? "" : `${ageText((now - time) / 1000)} ago: `;
      const message = escapeControls(textOf(event["message"]) ?? "");
      return `Seen:  ${age}${textOf(event["reason"]) ?? ""}: ${message}`;
    });
}

function nextFor(root: Cause): string {
  if (root.type === "missing") return "make it, or correct what names it";
  const { standing, known } = root;
  if (standing.type === "unseen") {
    return "see whether the daemon that looks after it runs, on its machine: freehold up";
  }
  if (standing.type === "leaving") return "wait; who holds it lets go once its work is done";
  const namespace = namespaceOf(known);
  return `freehold describe ${known.kind.singular} ${nameOf(known)}${namespace === undefined ? "" : ` -n ${namespace}`}`;
}
