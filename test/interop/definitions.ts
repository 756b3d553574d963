const text = { type: "string" };

/** The CronTab of Kubernetes' own documentation, with all that definitions have in it. */
export const cronTabDefinition = JSON.stringify({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "crontabs.stable.example.com" },
  spec: {
    group: "stable.example.com",
    scope: "Namespaced",
    names: {
      plural: "crontabs",
      singular: "crontab",
      kind: "CronTab",
      shortNames: ["ct"],
      categories: ["all"],
    },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                required: ["image"],
                "x-kubernetes-validations": [
                  {
                    rule: "!has(self.most) || self.replicas <= self.most",
                    message: "replicas must not be more than most",
                  },
                ],
                properties: {
                  cronSpec: { type: "string", pattern: "^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$" },
                  image: text,
                  replicas: { type: "integer", minimum: 1, maximum: 10, default: 1 },
                  most: { type: "integer" },
                  containers: {
                    type: "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                    items: {
                      type: "object",
                      required: ["name"],
                      properties: { name: { ...text, description: "Name of the container." }, command: text },
                    },
                  },
                },
              },
              status: { type: "object", properties: { phase: text, replicas: { type: "integer" } } },
            },
          },
        },
        subresources: {
          status: {},
          scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" },
        },
        additionalPrinterColumns: [
          { name: "Spec", type: "string", jsonPath: ".spec.cronSpec" },
          { name: "Replicas", type: "integer", jsonPath: ".spec.replicas" },
          { name: "Image", type: "string", jsonPath: ".spec.image", priority: 1 },
          { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
        ],
        selectableFields: [{ jsonPath: ".spec.image" }],
      },
    ],
  },
});

const count = (most: number): readonly number[] => Array.from({ length: most }, (_, i) => i);

/** 2,000 fields in 40 sections, as definitions that embed a pod have. */
export const bigDefinition = JSON.stringify({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "bigs.stable.example.com" },
  spec: {
    group: "stable.example.com",
    scope: "Namespaced",
    names: { plural: "bigs", kind: "Big" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", properties: Object.fromEntries(count(40).map(sectionOf)) },
            },
          },
        },
      },
    ],
  },
});

function sectionOf(section: number): [string, object] {
  const fields = count(50).map((field) => {
    const description = `Field ${field} of section ${section}. ${"It is described at some length. ".repeat(5)}`;
    const pattern = field % 10 === 0 ? { pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" } : {};
    return [`field${field}`, { type: "string", description, maxLength: 253, ...pattern }];
  });
  return [`section${section}`, { type: "object", properties: Object.fromEntries(fields) }];
}

export const bigObject = JSON.stringify({
  apiVersion: "stable.example.com/v1",
  kind: "Big",
  metadata: { name: "one" },
  spec: Object.fromEntries(
    count(40).map((section) => [
      `section${section}`,
      Object.fromEntries(count(50).map((field) => [`field${field}`, "value"])),
    ]),
  ),
});
