import { invalidListOptions, notAcceptable } from "../errors/request-errors.ts";
import { streamWatch } from "../watch/watch-stream.ts";
import { isSet } from "./api-request.ts";
import type { Call } from "./call.ts";
import { negotiate, type Representation } from "./negotiate.ts";
import { matcherOf, readWhole } from "./read-verbs.ts";
import { bodyOf } from "./render.ts";
import type { Reply } from "./reply.ts";

const BOOKMARK_EVERY_MS = 60_000;
const DEFAULT_SECONDS = 1800;

export interface WatchTiming {
  /** Between 0 and 1: spreads the ends of watches that named no timeout. */
  readonly random: () => number;
  readonly bookmarkEveryMs?: number;
}

/** A stream of changes; it ends by itself after `timeoutSeconds`, or between half an hour and an hour. */
export function watchObjects(call: Call, timing: WatchTiming): Reply {
  const { query, header } = call.request;
  const as = negotiate(header("accept"));
  const sendInitialEvents = readSendInitialEvents(query);
  if (sendInitialEvents && as.form === "table") throw notAcceptable(["application/json"]);
  const seconds = readWhole(query, "timeoutSeconds") ?? DEFAULT_SECONDS * (1 + timing.random());
  const options = {
    namespace: call.namespace,
    matches: matcherOf(call),
    resourceVersion: query.get("resourceVersion") ?? undefined,
    sendInitialEvents,
  };
  return {
    status: 200,
    contentType: "application/json",
    stream: async (sink, gone) => {
      // The deadline may not keep the process alive, so it is no AbortSignal.timeout.
      const end = new AbortController();
      const stop = (): void => end.abort();
      const timer = setTimeout(stop, seconds * 1000).unref();
      gone.addEventListener("abort", stop);
      if (gone.aborted) stop();
      try {
        const frames = call.registry.watch(call.kind, options, end.signal);
        await streamWatch(
          frames,
          { ...streamOptions(call, as, timing), write: (text) => sink.write(text) },
          end.signal,
        );
      } finally {
        clearTimeout(timer);
        gone.removeEventListener("abort", stop);
      }
    },
  };
}

function streamOptions(call: Call, as: Representation, { bookmarkEveryMs = BOOKMARK_EVERY_MS }: WatchTiming) {
  return {
    kind: call.kind,
    bookmarks: isSet(call.request.query, "allowWatchBookmarks"),
    isTable: as.form === "table",
    bookmarkEveryMs,
    // A table tells ages, which are other ones every time.
    form: as.form === "table" ? undefined : `${call.kind.apiVersion} ${as.form} ${as.version}`,
    render: ({ object }: { object: Parameters<typeof bodyOf>[2] }) => bodyOf(call, as, object),
  };
}

function readSendInitialEvents(query: URLSearchParams): boolean {
  const match = query.get("resourceVersionMatch") ?? "";
  const isGiven = query.has("sendInitialEvents");
  if (isGiven && match !== "NotOlderThan") {
    throw invalidListOptions(
      "resourceVersionMatch",
      "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
    );
  }
  if (!isGiven && match !== "") {
    throw invalidListOptions(
      "resourceVersionMatch",
      "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
    );
  }
  return isSet(query, "sendInitialEvents");
}
