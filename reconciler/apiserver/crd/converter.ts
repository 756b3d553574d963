import type { Resource } from "@freehold/apis";

import type { JsonObject } from "../json/json-object.ts";
import type { Definition } from "./definition.ts";
import { postReviewTo } from "./post-review.ts";
import { WebhookConverter } from "./webhook-converter.ts";

/** Brings objects from one version into another. */
export interface Converter {
  /** In the order given. Throws ApiError when it cannot. */
  convert(
    objects: readonly Resource[],
    apiVersion: string,
  ): readonly Resource[] | Promise<readonly Resource[]>;
  /** The same within a calculation, which cannot wait. Throws `ConversionNeeded` when it would have to. */
  convertNow(object: JsonObject, apiVersion: string): JsonObject;
}

/** All versions look the same, or share what they have in common: only the name of the version changes. */
const RENAMING: Converter = {
  convert: (objects, apiVersion) => objects.map((object) => ({ ...object, apiVersion })),
  convertNow: (object, apiVersion) => ({ ...object, apiVersion }),
};

export function converterOf({ metadata, spec: { conversion } }: Definition): Converter {
  const { url, caBundle } = conversion?.webhook?.clientConfig ?? {};
  if (conversion?.strategy !== "Webhook" || url === undefined) return RENAMING;
  return new WebhookConverter(metadata.name, postReviewTo(url, caBundle));
}
