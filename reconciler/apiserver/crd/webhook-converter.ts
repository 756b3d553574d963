import { randomUUID } from "node:crypto";

import type { ObjectMeta, Resource } from "@freehold/apis";

import { ApiError } from "../errors/api-error.ts";
import { canonicalJson } from "../json/canonical-json.ts";
import { at, isObject, type JsonObject } from "../json/json-object.ts";
import type { Converter } from "./converter.ts";
import { ConversionNeeded } from "./with-conversions.ts";

/** Sends a document to the server that converts, and returns its answer. Throws Error. */
export type PostReview = (review: object) => Promise<unknown>;

/** Conversions that calculations have asked for lately. */
const REMEMBERED = 100;

/** Has objects converted by a server (ConversionReview of apiextensions.k8s.io/v1); what they are called and belong to stays. */
export class WebhookConverter implements Converter {
  readonly #name: string;
  readonly #post: PostReview;
  readonly #remembered = new Map<string, JsonObject>();

  /** `name` is what is converted, for messages. */
  constructor(name: string, post: PostReview) {
    this.#name = name;
    this.#post = post;
  }

  async convert(objects: readonly Resource[], apiVersion: string): Promise<readonly Resource[]> {
    if (objects.length === 0) return [];
    const uid = randomUUID();
    const review = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "ConversionReview",
      request: { uid, desiredAPIVersion: apiVersion, objects },
    };
    let reply: unknown;
    try {
      reply = await this.#post(review);
    } catch (cause) {
      throw this.#failure(cause instanceof Error ? cause.message : String(cause), cause);
    }
    return this.#read(reply, { uid, objects, apiVersion });
  }

  convertNow(object: JsonObject, apiVersion: string): JsonObject {
    // What is empty has no version yet.
    if (!isResource(object)) return { ...object, apiVersion };
    const key = `${apiVersion} ${canonicalJson(object)}`;
    const known = this.#remembered.get(key);
    if (known) return known;
    throw new ConversionNeeded(async () => {
      const [converted] = await this.convert([object], apiVersion);
      if (this.#remembered.size >= REMEMBERED) this.#remembered.clear();
      if (converted) this.#remembered.set(key, { ...converted });
    });
  }

  #read(
    reply: unknown,
    { uid, objects, apiVersion }: { uid: string; objects: readonly Resource[]; apiVersion: string },
  ): readonly Resource[] {
    const response = at(reply, "response");
    if (!isObject(response)) throw this.#failure("the answer has no response");
    if (response["uid"] !== uid)
      throw this.#failure(`expected response.uid="${uid}", got "${String(response["uid"])}"`);
    if (at(response, "result", "status") !== "Success") {
      const message = at(response, "result", "message");
      throw this.#failure(typeof message === "string" ? message : "it gave no reason");
    }
    const { convertedObjects } = response;
    if (!Array.isArray(convertedObjects) || convertedObjects.length !== objects.length) {
      throw this.#failure(`expected ${objects.length} converted objects`);
    }
    return objects.map((object, i) => this.#accept(object, convertedObjects[i], apiVersion));
  }

  #accept(object: Resource, converted: unknown, apiVersion: string): Resource {
    if (!isResource(converted)) throw this.#failure("a converted object is none");
    if (converted.apiVersion !== apiVersion || converted.kind !== object.kind) {
      const found = `${converted.apiVersion}, Kind=${converted.kind}`;
      throw this.#failure(`invalid groupVersion or kind of a converted object: ${found}`);
    }
    for (const fixed of ["name", "namespace", "uid"] as const) {
      if (converted.metadata[fixed] === object.metadata[fixed]) continue;
      throw this.#failure(`metadata.${fixed} of a converted object must not change`);
    }
    return { ...converted, metadata: metaOf(object.metadata, converted.metadata) };
  }

  #failure(why: string, cause?: unknown): ApiError {
    return new ApiError(500, "InternalError", `conversion webhook for ${this.#name} failed: ${why}`, {
      cause,
    });
  }
}

function isResource(value: unknown): value is JsonObject & Resource {
  return isObject(value) && typeof value["kind"] === "string" && isObject(value["metadata"]);
}

/** Of metadata a conversion may write labels and annotations only. */
function metaOf(before: ObjectMeta, { labels, annotations }: ObjectMeta): ObjectMeta {
  const { labels: _, annotations: __, ...kept } = before;
  return { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) };
}
