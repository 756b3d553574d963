import type { Kind, ReasonText } from "@freehold/apis";

/** Reasons the engine itself gives, for any kind; a kind's own come beside them. */
export const commonReasons: Readonly<Record<string, ReasonText>> = {
  Ready: { text: "It is as wished.", next: "Nothing to do." },
  Progressing: {
    text: "Steps towards the wish are being taken.",
    next: "Wait; status.progress tells how far it is.",
  },
  Retrying: {
    text: "A step failed; it is tried again, each time a little later.",
    next: "Wait; if it stays, read the message.",
  },
  StepFailed: {
    text: "A step failed several times, or trying again cannot help by itself.",
    next: "Read the message and remove the cause; it goes on by itself.",
  },
  DeadlineExceeded: {
    text: "A step took longer than it may, and was aborted.",
    next: "Look at what the message names; the step is tried again.",
  },
};

/** Text and next action of a reason the kind may show; undefined when nobody documented it. */
export function reasonTextOf(kind: Kind, reason: string): ReasonText | undefined {
  return kind.reasons[reason] ?? commonReasons[reason];
}
