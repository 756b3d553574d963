import type { ManagedFieldsEntry } from "@freehold/apis";

import type { JsonObject } from "../../json/json-object.ts";
import { applyConfig, type ApplyResult } from "../apply-config.ts";
import { type FieldsV1, fieldsAt } from "../fields-v1.ts";
import { type Managers, type Operation, writeManagers } from "../managers.ts";
import { objectView } from "../schema-view.ts";
import { trackUpdate } from "../track-update.ts";
import type { TypeView } from "../type-view.ts";
import { singleVersion } from "../versions.ts";
import type { WriteContext } from "../write-context.ts";

const API_VERSION = "demo.example.com/v1";
const ENVELOPE = { apiVersion: API_VERSION, kind: "Widget", metadata: { name: "w" } };

export interface ObjectState {
  readonly object: JsonObject;
  readonly managers: Managers;
}

/** One object and who owns what in it, without a server around it. Time goes on by a second with each write. */
export class TrackedObject {
  readonly view: TypeView;
  #seconds = 0;
  #state: ObjectState;
  readonly #ignored: FieldsV1;

  constructor(schema: object, state: ObjectState = { object: {}, managers: [] }) {
    this.view = objectView(schema);
    this.#state = state;
    this.#ignored = fieldsAt(["status"]);
  }

  get state(): ObjectState {
    return this.#state;
  }

  get object(): JsonObject {
    return this.#state.object;
  }

  get managers(): readonly ManagedFieldsEntry[] {
    return writeManagers(this.#state.managers);
  }

  fieldsOf(manager: string): unknown {
    return this.managers.find((entry) => entry.manager === manager)?.fieldsV1;
  }

  apply(manager: string, config: object, options: { readonly force?: boolean } = {}): ApplyResult {
    const { object: live, managers } = this.#state;
    const request = { live, config: { ...ENVELOPE, ...config }, managers, force: options.force ?? false };
    const result = applyConfig(request, this.#context(manager, "Apply"));
    if (result.type === "applied") this.#state = result;
    return result;
  }

  update(manager: string, content: object): void {
    const object = { ...ENVELOPE, ...content };
    const context = this.#context(manager, "Update");
    const managers = trackUpdate(this.#state.object, object, this.#state.managers, context);
    this.#state = { object, managers };
  }

  /** The same state once more, to try something out. */
  copy(): TrackedObject {
    const copy = new TrackedObject({}, this.#state);
    Object.assign(copy, { view: this.view });
    copy.#seconds = this.#seconds;
    return copy;
  }

  #context(manager: string, operation: Operation): WriteContext {
    this.#seconds += 1;
    return {
      by: { manager, operation, apiVersion: API_VERSION, subresource: "" },
      versions: singleVersion(API_VERSION, this.view),
      ignored: this.#ignored,
      now: new Date(Date.UTC(2026, 0, 2, 3, 4, this.#seconds)).toISOString().replace(".000Z", "Z"),
    };
  }
}
