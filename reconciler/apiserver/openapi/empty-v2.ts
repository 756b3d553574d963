/** What clients before Kubernetes 1.27 take in no other form. Older ones ask for it with an `@`, and cannot read that in an answer. */
export const OPENAPI_V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

const DOCUMENT = {
  swagger: "2.0",
  info: { title: "Freehold: the schemas are in /openapi/v3", version: "v1" },
  paths: {},
} as const;

/**
 * OpenAPI v2 without a schema. A client that finds no document there refuses to write anything (kubectl of Debian 12, older Helm); one
 * that finds no schema in it leaves checking to the server, which is strict.
 */
export function emptyOpenApiV2(): object {
  return DOCUMENT;
}

/** The same in protobuf (gnostic's openapi.v2.Document: swagger 1, info 2 of title 1 and version 2, paths 8). All bytes are ASCII. */
export function emptyOpenApiV2Protobuf(): string {
  const { swagger, info } = DOCUMENT;
  return field(1, swagger) + field(2, field(1, info.title) + field(2, info.version)) + field(8, "");
}

/** Length-delimited; short enough for lengths of one byte. */
function field(number: number, value: string): string {
  return String.fromCharCode((number << 3) | 2, value.length) + value;
}
