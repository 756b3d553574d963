import type { Kind, Resource } from "@freehold/apis";
import { type Backend, type Entry, isStoreError, type RangeResult } from "@freehold/store";

import type { ApiError } from "../errors/api-error.ts";
import { expired, futureVersion, invalidListOptions } from "../errors/request-errors.ts";
import { readContinueToken, writeContinueToken } from "./continue-token.ts";
import { listPrefix } from "./keys.ts";
import { openerOf } from "./stored-form.ts";

export interface ListOptions {
  readonly namespace?: string | undefined;
  readonly limit?: number | undefined;
  readonly continueToken?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: string | undefined;
  /** Absent when everything is wanted. */
  readonly matches?: ((resource: Resource) => boolean) | undefined;
}

export interface ListResult {
  readonly items: readonly Resource[];
  /** The store's revision of the read. */
  readonly resourceVersion: string;
  readonly continueToken?: string;
  /** Unknown when a selector was given. */
  readonly remainingItemCount?: number;
}

/** A page of a kind's objects, at one revision through all pages. Throws ApiError 410 when that revision is compacted. */
export async function listResources(backend: Backend, kind: Kind, options: ListOptions): Promise<ListResult> {
  checkMatch(options);
  const prefix = listPrefix(kind, options.namespace);
  const position = options.continueToken ? readContinueToken(options.continueToken) : undefined;
  let at = position
    ? position.revision === -1
      ? undefined
      : position.revision
    : await exactRevision(backend, options);
  let from = position ? prefix + position.start : prefix;
  const items: Resource[] = [];
  for (;;) {
    const page = await readPage(backend, prefix, { at, from, limit: options.limit }, position?.start);
    // The store answers with its newest revision, also when it was asked for an older one.
    at ??= page.revision;
    const found = collect(page, await openerOf(kind, page.entries), options, items);
    if (!page.more || found.full) {
      return pageResult({ page, at, items, prefix, last: found.last, options });
    }
    from = `${found.last}\0`;
  }
}

/** The one revision that must be read, or undefined when the newest will do. */
async function exactRevision(backend: Backend, options: ListOptions): Promise<number | undefined> {
  const { resourceVersion = "", resourceVersionMatch, limit } = options;
  if (resourceVersion === "" || resourceVersion === "0") return undefined;
  const wanted = parseResourceVersion(resourceVersion);
  const current = await backend.revision();
  if (wanted > current) throw futureVersion(wanted, current);
  const exact =
    resourceVersionMatch === "Exact" || (resourceVersionMatch === undefined && limit !== undefined);
  return exact ? wanted : undefined;
}

function checkMatch({
  resourceVersionMatch: match = "",
  resourceVersion = "",
  continueToken,
}: ListOptions): void {
  const isGiven = resourceVersion !== "" && resourceVersion !== "0";
  if (continueToken) {
    if (isGiven) throw refused("resourceVersion", "is forbidden when using continue");
    if (match !== "") throw refused("resourceVersionMatch", "is forbidden when using continue");
  } else if (match !== "") {
    checkMatchValue(match, resourceVersion);
  }
}

function checkMatchValue(match: string, resourceVersion: string): void {
  if (resourceVersion === "") {
    throw refused("resourceVersionMatch", "is forbidden unless resourceVersion is provided");
  }
  if (match !== "Exact" && match !== "NotOlderThan") {
    const message = `Unsupported value: "${match}": supported values: "Exact", "NotOlderThan", ""`;
    throw invalidListOptions("resourceVersionMatch", message);
  }
  if (match === "Exact" && resourceVersion === "0") {
    throw refused("resourceVersionMatch", '"Exact" is forbidden for resourceVersion "0"');
  }
}

function refused(field: string, why: string): ApiError {
  return invalidListOptions(field, `Forbidden: ${field} ${why}`);
}

/** Throws 422 unless the text is a decimal revision. */
export function parseResourceVersion(text: string): number {
  const revision = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(revision)) {
    throw invalidListOptions("resourceVersion", `Invalid value: "${text}": must be a decimal number`);
  }
  return revision;
}

interface PageRequest {
  readonly at: number | undefined;
  readonly from: string;
  readonly limit: number | undefined;
}

async function readPage(
  backend: Backend,
  prefix: string,
  { at, from, limit }: PageRequest,
  start: string | undefined,
): Promise<RangeResult> {
  try {
    return await backend.range(prefix, {
      from,
      ...(at !== undefined && { at }),
      ...(limit !== undefined && { limit }),
    });
  } catch (error) {
    if (!isStoreError(error, "Compacted")) throw error;
    const message = "The provided continue parameter is too old to display a consistent list result.";
    if (start === undefined) throw expired(`The resourceVersion for the provided list is too old.`);
    throw expired(
      `${message} The token in metadata.continue goes on at the newest version.`,
      writeContinueToken({ revision: -1, start }),
    );
  }
}

function collect(
  page: RangeResult,
  open: (entry: Entry) => Resource,
  options: ListOptions,
  items: Resource[],
): { last: string; full: boolean } {
  let last = "";
  for (const entry of page.entries) {
    last = entry.key;
    const resource = open(entry);
    if (options.matches && !options.matches(resource)) continue;
    items.push(resource);
    if (items.length === options.limit) return { last, full: true };
  }
  return { last, full: false };
}

function pageResult(of: {
  page: RangeResult;
  at: number;
  items: readonly Resource[];
  prefix: string;
  last: string;
  options: ListOptions;
}): ListResult {
  const { page, items, options } = of;
  const resourceVersion = String(of.at);
  const more = page.more || (of.last !== "" && of.last !== page.entries.at(-1)?.key);
  if (!more) return { items, resourceVersion };
  const start = `${of.last.slice(of.prefix.length)}\0`;
  return {
    items,
    resourceVersion,
    continueToken: writeContinueToken({ revision: of.at, start }),
    ...(!options.matches && { remainingItemCount: page.count - page.entries.length }),
  };
}
