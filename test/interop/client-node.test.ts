import { setTimeout as pause } from "node:timers/promises";

import {
  ApiException,
  AuthorizationV1Api,
  CoordinationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  type KubernetesObject,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  type V1ConfigMap,
  Watch,
} from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { build, ServerRun } from "../cli/run-server.ts";

let server: ServerRun;
const config = new KubeConfig();

beforeAll(async () => {
  build();
  server = await ServerRun.start();
  config.loadFromFile(server.kubeconfig);
}, 120_000);
afterAll(() => server.stop());

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    if (waited > 10_000) throw new Error("waited 10 s in vain");
    await pause(20);
  }
}

const mapOf = (
  name: string,
  data: Record<string, string>,
  labels: Record<string, string> = {},
): V1ConfigMap => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default", labels },
  data,
});

async function codeOf(work: Promise<unknown>): Promise<number> {
  try {
    await work;
    return 0;
  } catch (error) {
    if (error instanceof ApiException) return error.code;
    throw error;
  }
}

interface Package extends KubernetesObject {
  readonly spec: { readonly running?: boolean; readonly source?: object };
}

describe("@kubernetes/client-node", () => {
  it("keeps an informer's cache as the store is", async () => {
    const core = config.makeApiClient(CoreV1Api);
    const list = () => core.listNamespacedConfigMap({ namespace: "default", labelSelector: "told=yes" });
    const informer = makeInformer(config, "/api/v1/namespaces/default/configmaps", list, "told=yes");
    const seen: string[] = [];
    informer.on("add", ({ metadata }) => void seen.push(`add ${metadata?.name}`));
    informer.on("update", ({ metadata, data }) => void seen.push(`update ${metadata?.name} ${data?.["a"]}`));
    informer.on("delete", ({ metadata }) => void seen.push(`delete ${metadata?.name}`));
    await informer.start();
    const told = { told: "yes" };
    await core.createNamespacedConfigMap({
      namespace: "default",
      body: mapOf("informed", { a: "1" }, told),
    });
    await core.replaceNamespacedConfigMap({
      name: "informed",
      namespace: "default",
      body: mapOf("informed", { a: "2" }, told),
    });
    await core.createNamespacedConfigMap({ namespace: "default", body: mapOf("not-told", {}) });
    await core.deleteNamespacedConfigMap({ name: "informed", namespace: "default" });
    await until(() => seen.length >= 3);
    await informer.stop();
    expect(seen).toEqual(["add informed", "update informed 2", "delete informed"]);
    expect(informer.list("default")).toEqual([]);
  });

  it("applies on the server's side, and is told of conflicts", async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const apply = (running: boolean, manager: string, force = false): Promise<Package> => {
      const spec = { source: { file: "/x.s9pk" }, running };
      const metadata = { name: "applied", namespace: "default" };
      const object: Package = {
        apiVersion: "package.freehold.dev/v1alpha1",
        kind: "Package",
        metadata,
        spec,
      };
      return objects.patch(object, undefined, undefined, manager, force, PatchStrategy.ServerSideApply);
    };
    expect((await apply(false, "ann")).spec.running).toBe(false);
    expect(await codeOf(apply(true, "bob"))).toBe(409);
    expect((await apply(true, "bob", true)).spec.running).toBe(true);
    expect(await codeOf(apply(false, "ann"))).toBe(409);
  });

  it("reads custom objects as it reads Kubernetes' own", async () => {
    const custom = config.makeApiClient(CustomObjectsApi);
    const place = { group: "package.freehold.dev", version: "v1alpha1", plural: "packages" };
    const list: unknown = await custom.listNamespacedCustomObject({ ...place, namespace: "default" });
    expect(list).toMatchObject({ kind: "PackageList", items: [{ metadata: { name: "applied" } }] });
    const missing = custom.getNamespacedCustomObject({ ...place, namespace: "default", name: "none" });
    expect(await codeOf(missing)).toBe(404);
  });

  it("watches from a revision on, and ends when it is told to", async () => {
    const core = config.makeApiClient(CoreV1Api);
    const { metadata } = await core.listNamespacedConfigMap({ namespace: "default" });
    const seen: string[] = [];
    const ended = Promise.withResolvers<unknown>();
    const controller = await new Watch(config).watch(
      "/api/v1/namespaces/default/configmaps",
      { resourceVersion: metadata?.resourceVersion, allowWatchBookmarks: true },
      (phase, object: V1ConfigMap) => void seen.push(`${phase} ${object.metadata?.name}`),
      (error: unknown) => ended.resolve(error),
    );
    await core.createNamespacedConfigMap({ namespace: "default", body: mapOf("watched", {}) });
    await until(() => seen.includes("ADDED watched"));
    controller.abort();
    await ended.promise;
    expect(seen).toEqual(["ADDED watched"]);
  });

  it("elects one leader by a lease", async () => {
    const leases = config.makeApiClient(CoordinationV1Api);
    const place = { name: "leader", namespace: "default" };
    const metadata = { ...place };
    await leases.createNamespacedLease({
      namespace: "default",
      body: { metadata, spec: { holderIdentity: "" } },
    });
    const { metadata: read } = await leases.readNamespacedLease(place);
    const take = (holderIdentity: string) => {
      const taken = { ...place, resourceVersion: read?.resourceVersion ?? "" };
      const spec = { holderIdentity, leaseDurationSeconds: 15 };
      return codeOf(leases.replaceNamespacedLease({ ...place, body: { metadata: taken, spec } }));
    };
    const outcomes = await Promise.all(["a", "b", "c", "d"].map(take));
    expect(outcomes.toSorted()).toEqual([0, 409, 409, 409]);
  });

  it("asks what it may do", async () => {
    const reviews = config.makeApiClient(AuthorizationV1Api);
    const resourceAttributes = { verb: "delete", resource: "packages", group: "package.freehold.dev" };
    const body = { spec: { resourceAttributes } };
    const { status } = await reviews.createSelfSubjectAccessReview({ body });
    expect(status?.allowed).toBe(true);
  });
});
