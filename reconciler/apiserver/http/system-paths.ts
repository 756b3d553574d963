import type { ApiRequest } from "./api-request.ts";
import { isSet } from "./api-request.ts";
import { document, plainText, type Reply } from "./reply.ts";

/** The Kubernetes release whose API this server speaks; clients choose their behaviour by it. */
const MAJOR = "1";
const MINOR = "33";

/** Health, version and figures; undefined for any other path. */
export function answerSystemPath(request: ApiRequest, isReady: boolean): Reply | undefined {
  switch (request.path) {
    case "/version":
      return document(versionInfo());
    case "/healthz":
    case "/livez":
      return health(request, true);
    case "/readyz":
      return health(request, isReady);
    case "/metrics":
      return plainText(metrics());
    default:
      return undefined;
  }
}

function versionInfo(): object {
  return {
    major: MAJOR,
    minor: MINOR,
    gitVersion: `v${MAJOR}.${MINOR}.0+freehold`,
    gitCommit: "",
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: `node${process.version}`,
    compiler: "v8",
    platform: `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`,
  };
}

function health({ query, path }: ApiRequest, ok: boolean): Reply {
  const verdict = ok ? "ok" : "shutting down";
  if (!isSet(query, "verbose") && query.get("verbose") !== "") return plainText(verdict, ok ? 200 : 500);
  const check = path.slice(1);
  return plainText(
    `[${ok ? "+" : "-"}]serving ${verdict}\n${check} check ${ok ? "passed" : "failed"}\n`,
    ok ? 200 : 500,
  );
}

/** Prometheus text format. */
function metrics(): string {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    "# TYPE process_resident_memory_bytes gauge",
    `process_resident_memory_bytes ${rss}`,
    "# TYPE nodejs_heap_size_used_bytes gauge",
    `nodejs_heap_size_used_bytes ${heapUsed}`,
    "# TYPE process_cpu_seconds_total counter",
    `process_cpu_seconds_total ${(user + system) / 1e6}`,
    "",
  ].join("\n");
}
