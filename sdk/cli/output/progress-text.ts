import { field, type Fields, numberOf, textOf } from "../json.ts";
import { conditionOf } from "../waiting/condition.ts";
import { bytesText, secondsText } from "./amounts.ts";

/** What an object that is not ready yet is doing, in one line. */
export function progressText(object: Fields | undefined): string {
  if (!object) return "not there";
  const steps = stepsText(field(object, "status", "progress"));
  if (steps !== undefined) return steps;
  const ready = conditionOf(object, "Ready");
  if (!ready) {
    const isLeaving = field(object, "metadata", "deletionTimestamp") !== undefined;
    return isLeaving ? "being deleted" : "waiting for a first look";
  }
  return [ready.reason, ready.message].filter((text) => text !== "").join(": ");
}

/** `Verifying 120 MiB of 800 MiB (15 %), 45 MiB/s, 15 s left`; undefined when there is no progress to tell. */
export function stepsText(progress: unknown): string | undefined {
  const phase = textOf(field(progress, "phase"));
  if (phase === undefined) return undefined;
  const unit = textOf(field(progress, "unit"));
  const amount = (value: number): string => (unit === "bytes" ? bytesText(value) : String(Math.round(value)));
  const done = numberOf(field(progress, "done")) ?? 0;
  const total = numberOf(field(progress, "total"));
  const rate = numberOf(field(progress, "rate"));
  const eta = numberOf(field(progress, "etaSeconds"));
  const counted = unit === "bytes" || unit === undefined ? "" : ` ${unit}`;
  const share = total !== undefined && total > 0 ? ` (${Math.floor((done / total) * 100)} %)` : "";
  const whole = total === undefined ? "" : ` of ${amount(total)}`;
  return [
    `${phase} ${amount(done)}${whole}${counted}${share}`,
    ...(rate === undefined ? [] : [`${amount(rate)}/s`]),
    ...(eta === undefined ? [] : [`${secondsText(eta)} left`]),
  ].join(", ");
}
