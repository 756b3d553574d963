import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ApiServer, startApiServer } from "@freehold/apiserver";
import { MemoryBackend } from "@freehold/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Kubectl, kubectlBinaries } from "./kubectl-run.ts";

let folder: string;
let server: ApiServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "freehold-auth-"));
  server = await startApiServer({
    backend: new MemoryBackend(),
    dataDir: folder,
    listen: { host: "127.0.0.1", port: 0 },
    names: [],
  });
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Who may do what, driven by each kubectl: they differ in how they send built-in kinds. */
describe.each(await kubectlBinaries())("$name", ({ name: binary, path }) => {
  const namespace = `auth-${binary.replaceAll(/[^a-z0-9]/g, "-")}`;
  let kubectl: Kubectl;

  beforeAll(async () => {
    const kubeconfig = join(folder, "admin.kubeconfig");
    kubectl = new Kubectl({ binary: path, kubeconfig, cacheDir: join(folder, `cache-${binary}`) });
    await kubectl.ok(["create", "namespace", namespace]);
  });

  const ok = (...args: string[]): Promise<string> => kubectl.ok([...args, "-n", namespace]);
  const run = (...args: string[]) => kubectl.run([...args, "-n", namespace]);

  test("create role, rolebinding and clusterrole give rights to whom they name", async () => {
    await ok("create", "role", "reader", "--verb=get,list", "--resource=configmaps,secrets");
    await ok("create", "rolebinding", "reader", "--role=reader", "--user=jane", "--serviceaccount=x:y");
    expect(await ok("auth", "can-i", "list", "configmaps", "--as=jane")).toBe("yes\n");
    const no = await run("auth", "can-i", "delete", "configmaps", "--as=jane");
    expect(no).toMatchObject({ code: 1, out: "no\n" });
    expect(await ok("get", "configmaps", "--as=jane")).toBe("");
    const listed = await ok("get", "rolebindings", "-o", "wide");
    expect(listed).toMatch(/^reader +reader +Role +jane/m);
    expect(await ok("describe", "role", "reader")).toMatch(/configmaps +\[\] +\[\] +\[get list\]/);
  });

  test("what is forbidden is said in Kubernetes' words", async () => {
    const { code, err } = await run("get", "pods.example.org", "--as=jane");
    expect(code).toBe(1);
    expect(err).toContain("the server doesn't have a resource type");
    const secrets = await run("get", "secrets", "s1", "--as=joe");
    expect(secrets.err).toBe(
      `Error from server (Forbidden): secrets "s1" is forbidden: User "joe" cannot get resource "secrets" in API group "" in the namespace "${namespace}"\n`,
    );
    const all = await kubectl.run(["get", "volumes", "-A", "--as=joe"]);
    expect(all.err).toBe(
      'Error from server (Forbidden): volumes.storage.freehold.dev is forbidden: User "joe" cannot list resource "volumes" in API group "storage.freehold.dev" at the cluster scope\n',
    );
    const created = await run("create", "configmap", "c", "--as=joe");
    expect(created.err).toContain(
      `configmaps is forbidden: User "joe" cannot create resource "configmaps" in API group "" in the namespace "${namespace}"`,
    );
  });

  test("can-i --list shows roles and what everybody may", async () => {
    await ok(
      "create",
      "role",
      "one",
      "--verb=patch",
      "--resource=volumes.storage.freehold.dev",
      "--resource-name=v1",
    );
    await ok("create", "rolebinding", "one", "--role=one", "--group=staff");
    const listed = await ok("auth", "can-i", "--list", "--as=ann", "--as-group=staff");
    expect(listed).toMatch(/^volumes\.storage\.freehold\.dev +\[\] +\[v1\] +\[patch\]$/m);
    expect(listed).toMatch(/^selfsubjectreviews\.authentication\.k8s\.io +\[\] +\[\] +\[create\]$/m);
    expect(listed).toMatch(/^ +\[\/apis\/\*\] +\[\] +\[get\]$/m);
  });

  test("can-i asks for paths and subresources", async () => {
    expect(await ok("auth", "can-i", "get", "/metrics")).toBe("yes\n");
    expect((await run("auth", "can-i", "get", "/metrics", "--as=ann")).out).toBe("no\n");
    expect(await ok("auth", "can-i", "get", "/apis/x", "--as=ann")).toBe("yes\n");
    expect((await run("auth", "can-i", "update", "volumes", "--subresource=status", "--as=ann")).out).toBe(
      "no\n",
    );
  });

  test("whoami tells user and groups", async () => {
    const said = await ok("auth", "whoami");
    expect(said).toMatch(/^Username +admin$/m);
    expect(said).toMatch(/^Groups +\[system:masters system:authenticated\]$/m);
    const other = await ok("auth", "whoami", "--as=system:serviceaccount:a:b", "-o", "json");
    expect(JSON.parse(other)).toMatchObject({
      status: {
        userInfo: {
          username: "system:serviceaccount:a:b",
          groups: ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"],
        },
      },
    });
  });

  test("create token lets a service account in, and only it", async () => {
    await ok("create", "serviceaccount", "ci");
    const token = (await ok("create", "token", "ci", "--duration=10m")).trim();
    // The administrator's certificate is in the kubeconfig too; a token goes before it.
    const said = await kubectl.ok(["--token", token, "auth", "whoami"]);
    expect(said).toContain(`system:serviceaccount:${namespace}:ci`);
    const bad = await kubectl.run(["--token", `${token}x`, "get", "configmaps"]);
    expect(bad.err).toMatch(/You must be logged in to the server|Unauthorized/);
    const short = await run("create", "token", "ci", "--duration=10s");
    expect(short.err).toContain("may not specify a duration less than 10 minutes");
  });

  test("an access token is made, listed, used and revoked as docs/access.md says", async () => {
    const name = `token-${namespace}`;
    const spec = { user: "robot", groups: ["staff"], purpose: "a test" };
    const manifest = {
      apiVersion: "system.freehold.dev/v1alpha1",
      kind: "AccessToken",
      metadata: { name },
      spec,
    };
    await kubectl.ok(["apply", "-f", "-"], { input: JSON.stringify(manifest) });
    const path = `/apis/system.freehold.dev/v1alpha1/accesstokens/${name}/token`;
    const made = await kubectl.ok(["create", "--raw", path, "-f", "/dev/null"]);
    const { status } = JSON.parse(made) as { status: { token: string } };
    const whoami = () => kubectl.run(["--token", status.token, "auth", "whoami"]);
    expect((await whoami()).out).toMatch(/^Groups +\[staff system:authenticated\]$/m);
    expect(await kubectl.ok(["get", "accesstokens"])).toMatch(new RegExp(`^${name} +robot`, "m"));
    await kubectl.ok(["delete", "accesstoken", name]);
    expect((await whoami()).code).toBe(1);
  });

  test("--as is for those who may impersonate", async () => {
    await kubectl.ok([
      "create",
      "clusterrole",
      `as-${namespace}`,
      "--verb=impersonate",
      "--resource=users",
      "--resource-name=ann",
    ]);
    await kubectl.ok([
      "create",
      "clusterrolebinding",
      `as-${namespace}`,
      `--clusterrole=as-${namespace}`,
      `--user=${namespace}`,
    ]);
    const token = (await server.issueToken(namespace, [])).trim();
    const as = (user: string, ...args: string[]) => kubectl.run(["--token", token, ...args, `--as=${user}`]);
    expect((await as("ann", "auth", "whoami")).out).toMatch(/^Username +ann$/m);
    expect((await as("admin", "get", "configmaps")).err).toContain(
      `users "admin" is forbidden: User "${namespace}" cannot impersonate resource "users" in API group "" at the cluster scope`,
    );
  });

  test("auth reconcile adds what is missing and keeps what is more", async () => {
    const role = (verbs: readonly string[]) =>
      JSON.stringify({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "kept", namespace },
        rules: [{ apiGroups: [""], resources: ["configmaps"], verbs }],
      });
    const reconcile = (text: string) => kubectl.ok(["auth", "reconcile", "-f", "-"], { input: text });
    await reconcile(role(["get"]));
    await reconcile(role(["list"]));
    const { rules } = JSON.parse(await ok("get", "role", "kept", "-o", "json")) as {
      rules: { verbs: string[] }[];
    };
    expect(rules.flatMap(({ verbs }) => verbs).toSorted()).toEqual(["get", "list"]);
  });

  test("aggregated roles gather, and edit reaches our kinds", async () => {
    const name = `part-${namespace}`;
    await kubectl.ok(["create", "clusterrole", name, "--verb=get", "--resource=leases.coordination.k8s.io"]);
    await kubectl.ok(["create", "clusterrole", `sum-${namespace}`, `--aggregation-rule=part=${namespace}`]);
    await kubectl.ok(["label", "clusterrole", name, `part=${namespace}`]);
    const rules = () =>
      kubectl.ok(["get", "clusterrole", `sum-${namespace}`, "-o", "jsonpath={.rules[*].resources[*]}"]);
    await expect.poll(rules, { timeout: 10_000 }).toBe("leases");
    await ok("create", "rolebinding", "editor", "--clusterrole=edit", "--user=ed");
    expect(await ok("auth", "can-i", "create", "packages.package.freehold.dev", "--as=ed")).toBe("yes\n");
    expect((await run("auth", "can-i", "create", "rolebindings", "--as=ed")).out).toBe("no\n");
    expect((await run("auth", "can-i", "delete", "archives.package.freehold.dev", "--as=ed")).code).toBe(1);
  });
});
