import { afterEach, beforeEach, expect, test } from "vitest";

import { at } from "../json/json-object.ts";
import { type Answer, type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

const VOLUMES = "/apis/storage.freehold.dev/v1alpha1/namespaces/default/volumes";
const YAML = `
apiVersion: storage.freehold.dev/v1alpha1
kind: Volume
metadata: { name: a }
spec: { machine: m1 }
`;

let fixture: ServerFixture;
beforeEach(async () => {
  fixture = await serverFixture();
});
afterEach(() => fixture.close());

const apply = (query: string, body: unknown = YAML): Promise<Answer> =>
  fixture.ask(`${VOLUMES}/a?${query}`, {
    method: "PATCH",
    headers: { "content-type": "application/apply-patch+yaml" },
    body,
  });

test("PATCH with apply-patch makes an object with 201, and changes it with 200", async () => {
  expect((await apply("fieldManager=ann&dryRun=All")).status).toBe(201);
  expect((await fixture.ask(`${VOLUMES}/a`)).status).toBe(404);
  expect((await apply("fieldManager=ann")).status).toBe(201);
  expect((await apply("fieldManager=ann")).status).toBe(200);
  const forced = await apply("fieldManager=bob&force=true", YAML.replace("m1 }", "m1, size: 1Gi }"));
  expect(forced).toMatchObject({ status: 200, json: { spec: { size: "1Gi" } } });
});

test.each([
  [
    "",
    YAML,
    422,
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  ],
  ["fieldManager=a%07b", YAML, 422, "fieldManager: Invalid value"],
  [`fieldManager=${"x".repeat(129)}`, YAML, 422, "fieldManager: Too long: may not be more than 128 bytes"],
  ["fieldManager=ann&force=maybe", YAML, 400, 'Cannot read query parameter "force": found "maybe"'],
  ["fieldManager=ann", "- a list", 400, "wanted an object"],
  ["fieldManager=ann", "a: [", 400, "Cannot read YAML"],
  ["fieldManager=ann&fieldValidation=Strict", `${YAML}kind: Volume\n`, 422, 'duplicate field "kind"'],
])("PATCH with apply-patch and ?%s says what is wrong", async (query, body, status, message) => {
  const answer = await apply(query, body);
  expect([answer.status, at(answer.json, "message")]).toEqual([status, expect.stringContaining(message)]);
});

test("force is refused with other patches, in Kubernetes' words", async () => {
  await apply("fieldManager=ann");
  const answer = await fixture.ask(`${VOLUMES}/a?force=true`, {
    method: "PATCH",
    headers: { "content-type": "application/merge-patch+json" },
    body: {},
  });
  expect(answer).toMatchObject({
    status: 422,
    json: {
      message:
        'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    },
  });
});

test("a write without fieldManager is its User-Agent's, up to the slash", async () => {
  const created = await fixture.ask(VOLUMES, {
    method: "POST",
    headers: { "user-agent": "Some Tool/1.0 (linux)" },
    body: { metadata: { name: "b" }, spec: { machine: "m1" } },
  });
  expect(at(created.json, "metadata", "managedFields", 0, "manager")).toBe("Some Tool");
  const changed = await fixture.ask(`${VOLUMES}/b`, {
    method: "PATCH",
    headers: { "content-type": "application/merge-patch+json" },
    body: { spec: { size: "1Gi" } },
  });
  expect(at(changed.json, "metadata", "managedFields", 1, "manager")).toBe("unknown");
});
