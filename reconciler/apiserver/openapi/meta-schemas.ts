/** Schemas every group's document shares: ObjectMeta and what stands around lists, deletes and failures. */

const string = (description: string): object => ({ type: "string", description });
const time = (description: string): object => ({ type: "string", format: "date-time", description });
const strings = (description: string): object => ({
  type: "object",
  description,
  additionalProperties: { type: "string", default: "" },
});

export const META = "io.k8s.apimachinery.pkg.apis.meta.v1";

/** autoscaling/v1 Scale, what the number of an object is asked and set through. */
export const SCALE = "io.k8s.api.autoscaling.v1.Scale";

export const refTo = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

export const metaSchemas: Readonly<Record<string, object>> = {
  [`${META}.OwnerReference`]: {
    type: "object",
    description: "An object this one belongs to; when all are gone, this one goes too.",
    required: ["apiVersion", "kind", "name", "uid"],
    "x-kubernetes-map-type": "atomic",
    properties: {
      apiVersion: string("API version of the owner."),
      kind: string("Kind of the owner."),
      name: string("Name of the owner."),
      uid: string("UID of the owner."),
      controller: { type: "boolean", description: "Whether the owner manages this object." },
      blockOwnerDeletion: {
        type: "boolean",
        description: "Whether the owner waits for this one in foreground deletion.",
      },
    },
  },
  [`${META}.ObjectMeta`]: {
    type: "object",
    description: "What every object has.",
    properties: {
      name: string("Name, unique within its namespace and kind. It cannot change."),
      generateName: string("Prefix of a name the server completes."),
      namespace: string("The namespace it is in. It cannot change."),
      labels: strings("Keys and values to select by."),
      annotations: strings("Keys and values for tools; not for selecting."),
      finalizers: {
        type: "array",
        items: { type: "string", default: "" },
        description: "What must run before the object may go.",
        "x-kubernetes-list-type": "set",
      },
      ownerReferences: {
        type: "array",
        items: refTo(`${META}.OwnerReference`),
        description: "Objects this one belongs to.",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["uid"],
      },
      uid: string("Unique in time and space. Set by the server."),
      resourceVersion: string("Which version of the object this is. Set by the server."),
      generation: {
        type: "integer",
        format: "int64",
        description: "Counts changes of the wish. Set by the server.",
      },
      creationTimestamp: time("When it was created. Set by the server."),
      deletionTimestamp: time("When its deletion was asked for. Set by the server."),
      deletionGracePeriodSeconds: {
        type: "integer",
        format: "int64",
        description: "Always 0. Set by the server.",
      },
    },
  },
  [`${META}.ListMeta`]: {
    type: "object",
    description: "What every list has.",
    properties: {
      resourceVersion: string("The version of the whole list."),
      continue: string("Asks for the next page."),
      remainingItemCount: { type: "integer", format: "int64", description: "Items not in this page." },
    },
  },
  [`${META}.Status`]: {
    type: "object",
    description: "What became of a request.",
    properties: {
      apiVersion: string("v1."),
      kind: string("Status."),
      metadata: refTo(`${META}.ListMeta`),
      status: string("Success or Failure."),
      message: string("For people."),
      reason: string("One word for programs."),
      code: { type: "integer", format: "int32", description: "HTTP status." },
      details: { type: "object", description: "What it is about." },
    },
    "x-kubernetes-group-version-kind": [{ group: "", version: "v1", kind: "Status" }],
  },
  [`${META}.DeleteOptions`]: {
    type: "object",
    description: "How to delete.",
    properties: {
      apiVersion: string("v1."),
      kind: string("DeleteOptions."),
      dryRun: {
        type: "array",
        items: { type: "string" },
        description: "All: do everything but the deletion.",
      },
      gracePeriodSeconds: {
        type: "integer",
        format: "int64",
        description: "Accepted; nothing here has a grace period.",
      },
      propagationPolicy: string("Background, Foreground or Orphan."),
      preconditions: {
        type: "object",
        description: "What must hold.",
        properties: { uid: string("UID of the object."), resourceVersion: string("Version of the object.") },
      },
    },
  },
  [SCALE]: {
    type: "object",
    description: "How many there are to be of something.",
    properties: {
      apiVersion: string("autoscaling/v1."),
      kind: string("Scale."),
      metadata: refTo(`${META}.ObjectMeta`),
      spec: {
        type: "object",
        description: "How many are wished.",
        properties: { replicas: { type: "integer", format: "int32", description: "The number." } },
      },
      status: {
        type: "object",
        description: "How many there are.",
        properties: {
          replicas: { type: "integer", format: "int32", description: "The number." },
          selector: string("Labels of what is counted."),
        },
      },
    },
    "x-kubernetes-group-version-kind": [{ group: "autoscaling", version: "v1", kind: "Scale" }],
  },
  [`${META}.Patch`]: { type: "object", description: "A patch, as its media type says." },
};
