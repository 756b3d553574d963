import { createHash } from "node:crypto";

import type { Kind } from "@freehold/apis";

import { aggregatedDiscovery } from "../discovery/aggregated.ts";
import { groupsOf } from "../discovery/groups.ts";
import { coreVersions, groupDocument, groupList, resourceList } from "../discovery/legacy.ts";
import { noSuchPath, notAcceptable } from "../errors/request-errors.ts";
import { openApiDocument } from "../openapi/document.ts";
import { emptyOpenApiV2, emptyOpenApiV2Protobuf, OPENAPI_V2_PROTOBUF } from "../openapi/empty-v2.ts";
import type { KindTable } from "../registry/kind-table.ts";
import type { ApiRequest } from "./api-request.ts";
import { readMediaType } from "./negotiate.ts";
import { document, type Reply } from "./reply.ts";

const YEAR_SECONDS = 365 * 24 * 3600;

interface Stored {
  /** What it was made from. */
  readonly kinds: readonly Kind[];
  readonly text: string;
  readonly hash: string;
}

/** The documents made from the kinds: discovery in both shapes and OpenAPI v3. Made anew when the kinds they tell of are others. */
export class Documents {
  readonly #kinds: KindTable;
  readonly #stored = new Map<string, Stored>();

  constructor(kinds: KindTable) {
    this.#kinds = kinds;
  }

  /** Undefined when the path names no document. Throws ApiError. */
  answer(request: ApiRequest): Reply | undefined {
    const parts = request.path.split("/").slice(1);
    if (request.path.startsWith("/openapi/")) return this.#openApi(request);
    if (request.path === "/api" || request.path === "/apis") return this.#root(request);
    if (parts[0] === "api" && parts.length === 2) return this.#legacy("", parts[1]);
    if (parts[0] !== "apis" || parts.length > 3) return undefined;
    return this.#legacy(parts[1] ?? "", parts[2]);
  }

  #root(request: ApiRequest): Reply {
    const core = request.path === "/api";
    const version = discoveryVersion(request.header("accept"));
    if (version === undefined) return document(core ? coreVersions() : groupList(this.#kinds.all()));
    const make = (kinds: readonly Kind[]): object => aggregatedDiscovery(kinds, core, version);
    const { text, hash } = this.#keep(`${request.path} ${version}`, make);
    const headers = { etag: `"${hash}"`, vary: "Accept", "cache-control": "public" };
    if (request.header("if-none-match") === `"${hash}"`) return { status: 304, headers };
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    return { status: 200, headers, contentType, body: text };
  }

  #legacy(group: string, version: string | undefined): Reply {
    const kinds = this.#kinds.all();
    const found = version === undefined ? groupDocument(kinds, group) : resourceList(kinds, group, version);
    if (!found) throw noSuchPath();
    return document(found);
  }

  #openApi(request: ApiRequest): Reply {
    if (request.path === "/openapi/v2") return openApiV2(request.header("accept"));
    if (request.path === "/openapi/v3") return this.#openApiIndex();
    const version = this.#versions().find(({ path }) => request.path === `/openapi/v3/${path}`);
    if (!version) throw noSuchPath();
    if (!acceptsJson(request.header("accept"))) throw notAcceptable(["application/json"]);
    const { text, hash } = this.#group(version);
    const asked = request.query.get("hash");
    if (asked !== null && asked !== hash) {
      return { status: 301, headers: { location: `/openapi/v3/${version.path}?hash=${hash}` } };
    }
    const caching: Record<string, string> =
      asked === null
        ? { "cache-control": "no-cache, private" }
        : { "cache-control": `public, immutable, max-age=${YEAR_SECONDS}` };
    const headers = { etag: `"${hash}"`, vary: "Accept", ...caching };
    if (request.header("if-none-match") === `"${hash}"`) return { status: 304, headers };
    return { status: 200, headers, contentType: "application/json", body: text };
  }

  #openApiIndex(): Reply {
    const paths = this.#versions().map((version) => {
      const serverRelativeURL = `/openapi/v3/${version.path}?hash=${this.#group(version).hash}`;
      return [version.path, { serverRelativeURL }];
    });
    return document({ paths: Object.fromEntries(paths) });
  }

  #group({ path, kinds }: { path: string; kinds: readonly Kind[] }): Stored {
    return this.#keep(`openapi ${path}`, openApiDocument, kinds);
  }

  #versions(): readonly { path: string; kinds: readonly Kind[] }[] {
    return groupsOf(this.#kinds.all()).flatMap(({ name, versions }) =>
      versions.map((version) => ({
        path: name === "" ? `api/${version.name}` : `apis/${name}/${version.name}`,
        kinds: version.kinds,
      })),
    );
  }

  #keep(key: string, make: (kinds: readonly Kind[]) => object, kinds = this.#kinds.all()): Stored {
    const found = this.#stored.get(key);
    if (found?.kinds.length === kinds.length && found.kinds.every((kind, i) => kind === kinds[i]))
      return found;
    const text = `${JSON.stringify(make(kinds))}\n`;
    const stored = { kinds, text, hash: createHash("sha512").update(text).digest("hex").toUpperCase() };
    this.#stored.set(key, stored);
    return stored;
  }
}

function openApiV2(accept = "*/*"): Reply {
  if (!accept.replace("@", ".").includes(OPENAPI_V2_PROTOBUF)) return document(emptyOpenApiV2());
  return { status: 200, contentType: OPENAPI_V2_PROTOBUF, body: emptyOpenApiV2Protobuf() };
}

/** The first version of aggregated discovery the client takes; undefined when it wants the old documents. */
function discoveryVersion(accept = ""): string | undefined {
  for (const clause of accept.split(",")) {
    const { type, parameters } = readMediaType(clause);
    if (type !== "application/json") continue;
    if (!parameters.has("as")) return undefined;
    const version = parameters.get("v") ?? "";
    const isDiscovery =
      parameters.get("g") === "apidiscovery.k8s.io" && parameters.get("as") === "APIGroupDiscoveryList";
    if (isDiscovery && (version === "v2" || version === "v2beta1")) return version;
  }
  return undefined;
}

function acceptsJson(accept = "*/*"): boolean {
  return accept
    .split(",")
    .some((clause) => ["*/*", "application/*", "application/json"].includes(readMediaType(clause).type));
}
