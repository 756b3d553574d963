import { clusterRoleBindingKind, clusterRoleKind } from "@freehold/apis/rbac";
import { MemoryBackend } from "@freehold/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { at } from "../../json/json-object.ts";
import { type ServerFixture, serverFixture } from "../../testing/server-fixture.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const MERGE = { "content-type": "application/merge-patch+json" };

const backend = new MemoryBackend();
const started: ServerFixture[] = [];
let f: ServerFixture;

async function start(): Promise<ServerFixture> {
  const fixture = await serverFixture({ backend });
  started.push(fixture);
  return fixture;
}
beforeEach(async () => {
  f = await start();
});
afterEach(async () => {
  for (const fixture of started.splice(0)) await fixture.close();
});

const patch = (path: string, body: object) => f.ask(path, { method: "PATCH", headers: MERGE, body });
const rulesOf = async (name: string): Promise<unknown> =>
  (await f.ask(`${RBAC}/clusterroles/${name}`)).json["rules"];

/** Resolves when what gathers has gathered: nothing is written any more by itself. */
async function settled(): Promise<void> {
  await expect.poll(async () => Array.isArray(at(await rulesOf("admin"), 5, "verbs"))).toBe(true);
}

describe("roles from the start", () => {
  it("are there, and another start writes nothing", async () => {
    await settled();
    await expect.poll(async () => (await f.ask("/api/v1/serviceaccounts")).json["items"]).toHaveLength(2);
    const before = await backend.revision();
    await start();
    await start();
    expect(await backend.revision()).toBe(before);
  });

  it("get back what was taken from them, keep what was added, and are left alone on wish", async () => {
    const more = { verbs: ["get"], nonResourceURLs: ["/more"] };
    await patch(`${RBAC}/clusterroles/system:discovery`, { rules: [more] });
    await patch(`${RBAC}/clusterrolebindings/system:basic-user`, { subjects: [{ kind: "User", name: "x" }] });
    const annotations = { "rbac.authorization.kubernetes.io/autoupdate": "false" };
    await patch(`${RBAC}/clusterroles/system:monitoring`, { metadata: { annotations }, rules: [] });
    await f.ask(`${RBAC}/clusterroles/system:public-info-viewer`, { method: "DELETE" });
    await start();
    expect(await rulesOf("system:discovery")).toEqual([
      more,
      { verbs: ["get"], nonResourceURLs: expect.arrayContaining(["/api"]) },
    ]);
    const binding = await f.ask(`${RBAC}/clusterrolebindings/system:basic-user`);
    expect(binding.json["subjects"]).toMatchObject([
      { name: "x" },
      { kind: "Group", name: "system:authenticated" },
    ]);
    expect(await rulesOf("system:monitoring")).toEqual([]);
    expect(await rulesOf("system:public-info-viewer")).toHaveLength(1);
  });
});

describe("LiveRoles", () => {
  it("come back at once where nothing would go on without them", async () => {
    await settled();
    await f.ask(`${RBAC}/clusterroles/system:agents`, { method: "DELETE" });
    await f.ask(`${RBAC}/clusterrolebindings/system:agents`, { method: "DELETE" });
    await expect.poll(async () => (await f.ask(`${RBAC}/clusterroles/system:agents`)).status).toBe(200);
    await expect
      .poll(async () => (await f.ask(`${RBAC}/clusterrolebindings/system:agents`)).status)
      .toBe(200);
    await patch(`${RBAC}/clusterroles/system:agents`, { rules: null });
    await expect.poll(async () => Array.isArray(await rulesOf("system:agents"))).toBe(true);
  });

  it("follows what another server of the same store was told", async () => {
    const other = await start();
    const jo = await other.server.issueToken("jo", []);
    const ask = async (): Promise<number> => (await other.ask("/metrics", { token: jo })).status;
    expect(await ask()).toBe(403);
    const rules = [{ verbs: ["get"], nonResourceURLs: ["/metrics"] }];
    const roleRef = { apiGroup: clusterRoleKind.group, kind: "ClusterRole" as const, name: "metrics" };
    const post = (plural: string, body: object) => f.ask(`${RBAC}/${plural}`, { method: "POST", body });
    await post(clusterRoleKind.plural, { metadata: { name: "metrics" }, rules });
    await post(clusterRoleBindingKind.plural, {
      metadata: { name: "metrics" },
      subjects: [{ kind: "User", name: "jo" }],
      roleRef,
    });
    await expect.poll(ask).toBe(200);
    await f.ask(`${RBAC}/clusterrolebindings/metrics`, { method: "DELETE" });
    await expect.poll(ask).toBe(403);
  });
});
