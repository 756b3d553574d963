import { exitCodes } from "../cli-error.ts";
import { clientVersion } from "../client-version.ts";
import type { Invocation } from "../invocation.ts";
import { field, textOf } from "../json.ts";

/** `freehold version`. A server that cannot be reached is told after our own version. */
export async function runVersion({ terminal, options, signal }: Invocation): Promise<number> {
  terminal.out(`Client Version: ${clientVersion()}\n`);
  if (options.flag("client")) return exitCodes.ok;
  const { connect } = await import("../connection/connect.ts");
  using transport = connect(options).transport;
  const answer = await transport.json({ method: "GET", path: "/version", signal });
  terminal.out(`Server Version: ${textOf(field(answer, "gitVersion")) ?? "unknown"}\n`);
  return exitCodes.ok;
}
