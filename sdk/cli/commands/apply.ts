import { hasReady } from "../advice.ts";
import { applyObject, type Applied } from "../apply/apply-object.ts";
import { LAST_APPLIED } from "../apply/last-applied.ts";
import type { Placed } from "../apply/place-manifest.ts";
import { Placer } from "../apply/placer.ts";
import { exitCodes, usageError } from "../cli-error.ts";
import { Session } from "../connection/session.ts";
import { explainFailure, type Failure } from "../explain-failure.ts";
import type { Invocation } from "../invocation.ts";
import type { Fields } from "../json.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import { jsonText, listObject, withoutManagedFields, yamlText } from "../output/object-text.ts";
import { awaitAll, DEFAULT_WAIT_MS } from "../waiting/await-ready.ts";
import { conditionGoal } from "../waiting/goal.ts";

const SUFFIX = { none: "", client: " (dry run)", server: " (server dry run)" } as const;

/** `freehold apply`: every object, whether or not one before it failed. */
export async function runApply(invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  const format = options.text("output");
  if (format !== undefined && !["json", "yaml", "name"].includes(format)) {
    throw usageError(`Cannot print as "${format}": wanted json, yaml or name`);
  }
  const dryRun = dryRunOf(options.text("dryRun"));
  const manifests = await readManifests(options);
  using session = new Session(options);
  const placer = new Placer(session, options);
  const done: { placed: Placed; applied: Applied }[] = [];
  let code: number = exitCodes.ok;
  for (const manifest of manifests) {
    try {
      const placed = await placer.place(manifest);
      const applied = await applyObject(placed, {
        transport: session.transport,
        dryRun,
        annotate: true,
        signal,
      });
      done.push({ placed, applied });
      if (!applied.wasApplied) terminal.say(missingAnnotation(placed.title));
      if (format === undefined) terminal.out(`${placed.title} ${applied.did}${SUFFIX[dryRun]}\n`);
      else if (format === "name") terminal.out(`${placed.title}\n`);
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = await explainFailure(error);
      terminal.say(failureText(failure, manifest.where));
      if (code === exitCodes.ok) code = failure.exitCode;
    }
  }
  if (format === "json" || format === "yaml")
    terminal.out(
      objectsText(
        done.map(({ applied }) => applied.object),
        format,
      ),
    );
  if (options.flag("wait") && dryRun === "none") await waitForAll(invocation, session, done);
  return code;
}

async function waitForAll(
  { options, terminal, signal }: Invocation,
  session: Session,
  done: readonly { placed: Placed; applied: Applied }[],
): Promise<void> {
  const waited: Placed[] = [];
  for (const { placed, applied } of done) if (await hasReady(applied.object)) waited.push(placed);
  const timeoutMs = options.durationMs("timeout") ?? DEFAULT_WAIT_MS;
  const waiting = { transport: session.transport, terminal, signal, timeoutMs };
  await awaitAll(waiting, waited, conditionGoal("Ready", "True"));
  for (const { title } of waited) terminal.out(`${title} ready\n`);
}

function dryRunOf(text: string | undefined): "none" | "client" | "server" {
  if (text === undefined || text === "none") return "none";
  if (text === "client" || text === "server") return text;
  throw usageError(`Cannot use --dry-run=${text}: wanted client or server`);
}

/** What the server said is about an object; where that was written helps to find it. */
function failureText({ message, next }: Failure, where: string): string {
  const place = message.includes(where) ? "" : `${where}: `;
  return `${place}${message}\n${next === undefined ? "" : `next: ${next}\n`}`;
}

function missingAnnotation(title: string): string {
  return `Warning: ${title} was not made by apply: ${LAST_APPLIED} was missing and is written now; what earlier manifests had and this one has not stays\n`;
}

function objectsText(objects: readonly Fields[], format: "json" | "yaml"): string {
  const shown = objects.map(withoutManagedFields);
  const value = shown.length === 1 ? (shown[0] ?? {}) : listObject(shown);
  return format === "json" ? jsonText(value) : yamlText(value);
}
