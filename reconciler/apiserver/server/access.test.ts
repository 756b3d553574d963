import { volumeKind } from "@freehold/apis/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Answer, type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const MAPS = "/api/v1/namespaces/default/configmaps";
const ROLES = `${RBAC}/namespaces/default/roles`;
const BINDINGS = `${RBAC}/namespaces/default/rolebindings`;
const MERGE = { "content-type": "application/merge-patch+json" };

let f: ServerFixture;
beforeAll(async () => {
  f = await serverFixture();
});
afterAll(() => f.close());

/** Asks as somebody else. */
const as = (user: string, path: string, method = "GET", body?: unknown): Promise<Answer> =>
  f.ask(path, {
    method,
    body,
    headers: {
      "impersonate-user": user,
      ...(user.startsWith("system:agent:") && { "impersonate-group": "system:agents" }),
      ...(method === "PATCH" && MERGE),
    },
  });
const rule = (verbs: readonly string[], resources: readonly string[], more: object = {}) => ({
  apiGroups: [""],
  verbs,
  resources,
  ...more,
});
const role = (name: string, ...rules: readonly object[]) => ({ metadata: { name }, rules });
const binding = (name: string, user: string, kind = "Role", roleName = name) => ({
  metadata: { name },
  subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: user }],
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: roleName },
});
const make = async (path: string, body: object): Promise<void> => {
  expect(await f.ask(path, { method: "POST", body })).toMatchObject({ status: 201 });
};
const messageOf = ({ json }: Answer): unknown => json["message"];

describe("roles", () => {
  it("give and take from the next request on", async () => {
    const said =
      'configmaps is forbidden: User "ann" cannot list resource "configmaps" in API group "" in the namespace "default"';
    expect(messageOf(await as("ann", MAPS))).toBe(said);
    await make(ROLES, role("reader", rule(["list"], ["configmaps"])));
    await make(BINDINGS, binding("reader", "ann"));
    expect((await as("ann", MAPS)).status).toBe(200);
    expect((await as("ann", MAPS.replace("default", "kube-system"))).status).toBe(403);
    expect(messageOf(await as("ann", "/api/v1/configmaps"))).toContain("at the cluster scope");
    await f.ask(`${BINDINGS}/reader`, { method: "DELETE" });
    expect((await as("ann", MAPS)).status).toBe(403);
  });

  it("name single objects, also by field selector, and subresources by themselves", async () => {
    await make(MAPS, { metadata: { name: "one" } });
    await make(
      ROLES,
      role("one", rule(["get", "list", "patch"], ["configmaps"], { resourceNames: ["one"] })),
    );
    await make(BINDINGS, binding("one", "bob"));
    expect((await as("bob", `${MAPS}/one`)).status).toBe(200);
    expect((await as("bob", `${MAPS}/two`)).status).toBe(403);
    expect((await as("bob", MAPS)).status).toBe(403);
    expect((await as("bob", `${MAPS}?fieldSelector=metadata.name%3Done`)).status).toBe(200);
    const history = await as("bob", `${MAPS}/one/history`);
    expect(messageOf(history)).toBe(
      'configmaps "one" is forbidden: User "bob" cannot get resource "configmaps/history" in API group "" in the namespace "default"',
    );
    await make(ROLES, role("past", rule(["get"], ["*/history"])));
    await make(BINDINGS, binding("past", "bob"));
    expect((await as("bob", `${MAPS}/one/history`)).status).toBe(200);
  });

  it("do not let an apply create what may only be changed", async () => {
    await make(ROLES, role("patcher", rule(["patch"], ["configmaps"])));
    await make(BINDINGS, binding("patcher", "pat"));
    const headers = { "impersonate-user": "pat", "content-type": "application/apply-patch+yaml" };
    const body = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n";
    const answer = await f.ask(`${MAPS}/new?fieldManager=x`, { method: "PATCH", headers, body });
    expect(messageOf(answer)).toContain('cannot create resource "configmaps"');
  });

  it("open paths that are no resources", async () => {
    expect((await as("cat", "/apis")).status).toBe(200);
    expect(messageOf(await as("cat", "/metrics"))).toBe('forbidden: User "cat" cannot get path "/metrics"');
    await make(`${RBAC}/clusterroles`, role("metrics", { verbs: ["get"], nonResourceURLs: ["/metric*"] }));
    await make(`${RBAC}/clusterrolebindings`, binding("metrics", "cat", "ClusterRole"));
    expect((await as("cat", "/metrics")).status).toBe(200);
  });

  it("leave derived kinds to their controllers, whatever they say", async () => {
    await make(`${RBAC}/clusterrolebindings`, binding("root", "rex", "ClusterRole", "cluster-admin"));
    const archives = "/apis/package.freehold.dev/v1alpha1/archives";
    expect((await as("rex", archives)).status).toBe(200);
    expect(messageOf(await as("rex", archives, "POST", {}))).toContain(
      "Archive is derived: it is written by",
    );
  });
});

describe("nobody gives away what they do not have", () => {
  beforeAll(async () => {
    await make(BINDINGS, binding("dan-admin", "dan", "ClusterRole", "admin"));
    await make(ROLES, role("packer", { verbs: ["*"], apiGroups: ["*"], resources: ["*"] }));
  });

  it("neither by roles nor by bindings", async () => {
    const wide = role("wide", { verbs: ["escalate"], apiGroups: ["*"], resources: ["*"] });
    const refused = await as("dan", ROLES, "POST", wide);
    expect(refused.status).toBe(403);
    expect(messageOf(refused)).toBe(
      'roles.rbac.authorization.k8s.io "wide" is forbidden: user "dan" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:["*"], Resources:["*"], Verbs:["escalate"]}',
    );
    expect((await as("dan", ROLES, "POST", role("ok", rule(["get"], ["configmaps"])))).status).toBe(201);
    const patch = { rules: [rule(["get"], ["nodes"])] };
    expect((await as("dan", `${ROLES}/ok`, "PATCH", patch)).status).toBe(403);
    expect((await as("dan", BINDINGS, "POST", binding("b1", "dan", "Role", "packer"))).status).toBe(403);
    expect(
      (await as("dan", BINDINGS, "POST", binding("b2", "dan", "ClusterRole", "cluster-admin"))).status,
    ).toBe(403);
    expect((await as("dan", BINDINGS, "POST", binding("b3", "eve", "ClusterRole", "view"))).status).toBe(201);
  });

  it("not by apply, nor by a dry run, nor by naming more people", async () => {
    await make(BINDINGS, binding("strong", "rex", "ClusterRole", "cluster-admin"));
    const subjects = binding("strong", "dan").subjects;
    expect((await as("dan", `${BINDINGS}/strong`, "PATCH", { subjects })).status).toBe(403);
    expect((await as("dan", `${BINDINGS}/strong?dryRun=All`, "PATCH", { subjects })).status).toBe(403);
    const headers = { "impersonate-user": "dan", "content-type": "application/apply-patch+yaml" };
    const text = `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: applied}\nrules: [{verbs: ["*"], apiGroups: [""], resources: [nodes]}]\n`;
    const applied = await f.ask(`${ROLES}/applied?fieldManager=x`, { method: "PATCH", headers, body: text });
    expect(applied.status).toBe(403);
    expect(
      (await as("dan", `${BINDINGS}/strong`, "PATCH", { metadata: { labels: { a: "b" } } })).status,
    ).toBe(200);
  });

  it("but by the verbs escalate and bind", async () => {
    const group = { apiGroups: ["rbac.authorization.k8s.io"] };
    await make(
      ROLES,
      role(
        "giver",
        { ...group, verbs: ["create", "escalate"], resources: ["roles"] },
        { ...group, verbs: ["create"], resources: ["rolebindings"] },
        { ...group, verbs: ["bind"], resources: ["clusterroles"], resourceNames: ["view"] },
      ),
    );
    await make(BINDINGS, binding("giver", "gus"));
    expect((await as("gus", ROLES, "POST", role("any", rule(["*"], ["*"])))).status).toBe(201);
    expect((await as("gus", BINDINGS, "POST", binding("g1", "gus", "ClusterRole", "view"))).status).toBe(201);
    expect((await as("gus", BINDINGS, "POST", binding("g2", "gus", "ClusterRole", "edit"))).status).toBe(403);
  });

  it("and a binding keeps its role", async () => {
    const roleRef = binding("x", "x", "ClusterRole", "view").roleRef;
    const answer = await f.ask(`${BINDINGS}/giver`, { method: "PATCH", headers: MERGE, body: { roleRef } });
    expect([answer.status, messageOf(answer)]).toEqual([422, expect.stringContaining("roleRef")]);
  });
});

describe("agents", () => {
  const agent = "system:agent:m1";
  const volumes = "/apis/storage.freehold.dev/v1alpha1/namespaces/default/volumes";
  const asAgent = (path: string, method = "GET", body?: unknown) => as(agent, path, method, body);

  it("see and report on what is on their machine, and change no wish", async () => {
    for (const machine of ["m1", "m2"]) {
      const draft = volumeKind.draft(
        { name: `on-${machine}`, namespace: "default" },
        { machine, retain: true },
      );
      await f.server.store.create(volumeKind, draft, { name: "x" });
    }
    const { json } = await asAgent(volumes);
    expect(json["items"]).toMatchObject([{ metadata: { name: "on-m1" } }]);
    expect((await asAgent(`${volumes}/on-m2`)).status).toBe(403);
    const report = { status: { path: "/x" } };
    expect((await asAgent(`${volumes}/on-m1/status`, "PATCH", report)).status).toBe(200);
    expect((await asAgent(`${volumes}/on-m2/status`, "PATCH", report)).status).toBe(403);
    const claim = { metadata: { finalizers: ["freehold.dev/x"] } };
    expect((await asAgent(`${volumes}/on-m1`, "PATCH", claim)).status).toBe(200);
    const wish = { spec: { retain: false } };
    expect(messageOf(await asAgent(`${volumes}/on-m1`, "PATCH", wish))).toContain(
      "may not change what is wished",
    );
    expect((await asAgent(`${volumes}/on-m1`, "DELETE")).status).toBe(403);
  });

  it("are no other machine, and read no secrets", async () => {
    const machine = (name: string) => ({
      metadata: { name },
      spec: { architecture: "x86_64", bridgeCidr: "10.77.0.1/16", dataPath: "/x" },
    });
    const machines = "/apis/system.freehold.dev/v1alpha1/machines";
    expect((await asAgent(machines, "POST", machine("m1"))).status).toBe(201);
    expect((await asAgent(machines, "POST", machine("m2"))).status).toBe(403);
    for (const path of ["/api/v1/secrets", `${RBAC}/clusterroles`, "/metrics"]) {
      expect((await asAgent(path)).status).toBe(403);
    }
  });
});
