import { builtInKinds } from "@freehold/apis";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { type Cell, cells, GIVEN, HOME, PEOPLE } from "../auth/matrix/cells.ts";
import { wanted } from "../auth/matrix/wanted.ts";
import { type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
/** One cell of so many; a prime, so that each kind, verb and caller comes up. */
const EVERY = 37;
const METHODS: Readonly<Record<string, string>> = {
  get: "GET",
  list: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETE",
};
const OF_COLLECTIONS: ReadonlySet<string> = new Set(["list", "create", "deletecollection"]);

let f: ServerFixture;
beforeAll(async () => {
  f = await serverFixture();
  for (const name of [HOME, "elsewhere"]) {
    await f.ask("/api/v1/namespaces", { method: "POST", body: { metadata: { name } } });
  }
  for (const { who, role, namespace } of GIVEN) {
    const path =
      namespace === undefined
        ? `${RBAC}/clusterrolebindings`
        : `${RBAC}/namespaces/${namespace}/rolebindings`;
    const subjects = [{ kind: "User", name: PEOPLE[who].user }];
    const body = {
      metadata: { name: `given-${who}` },
      subjects,
      roleRef: { kind: "ClusterRole", name: role },
    };
    expect((await f.ask(path, { method: "POST", body })).status).toBe(201);
  }
  // The roles that gather have gathered when an administrator of a namespace may write roles in it.
  const review = {
    method: "POST",
    body: {
      spec: {
        user: PEOPLE.admin.user,
        resourceAttributes: {
          verb: "create",
          group: "rbac.authorization.k8s.io",
          resource: "roles",
          namespace: HOME,
        },
      },
    },
  };
  const isReady = async () =>
    (await f.ask("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)).json["status"];
  await vi.waitFor(async () => expect(await isReady()).toMatchObject({ allowed: true }));
});
afterAll(() => f.close());

function pathOf({ kind, namespace, verb, subresource }: Cell): string {
  const root = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const place = namespace === undefined ? "" : `/namespaces/${namespace}`;
  const object = OF_COLLECTIONS.has(verb)
    ? ""
    : `/nothing-here${subresource === undefined ? "" : `/${subresource}`}`;
  return `${root}${place}/${kind.plural}${object}?dryRun=All`;
}

/** Whether a cell is a request that there is, and that is answered at once. */
function isRequest({ who, kind, verb, subresource, namespace }: Cell): boolean {
  if (METHODS[verb] === undefined || who === "anonymous") return false;
  const isPlaced =
    kind.scope === "Cluster" || namespace !== undefined || verb === "list" || verb === "deletecollection";
  if (subresource === undefined) return isPlaced;
  if (subresource === "history") return isPlaced && verb === "get";
  return subresource === "status" && kind.hasStatus && isPlaced && ["get", "update", "patch"].includes(verb);
}

async function statusOf(cell: Cell): Promise<number> {
  const { user, groups } = PEOPLE[cell.who];
  const method = METHODS[cell.verb] ?? "";
  const named = groups.filter((group) => group !== "system:authenticated");
  const { status } = await f.ask(pathOf(cell), {
    method,
    ...(["POST", "PUT", "PATCH"].includes(method) && { body: { metadata: { name: "nothing-here" } } }),
    headers: {
      "impersonate-user": user,
      ...(named.length > 0 && { "impersonate-group": named.join(",") }),
      ...(method === "PATCH" && { "content-type": "application/merge-patch+json" }),
    },
  });
  return status;
}

it("answers 403 over HTTP where the matrix says no, and nowhere else", async () => {
  const sample = [...cells(builtInKinds)].filter(isRequest).filter((_, place) => place % EVERY === 0);
  expect(sample.length).toBeGreaterThan(100);
  const wrong: string[] = [];
  for (const cell of sample) {
    const status = await statusOf(cell);
    // A package may use the past of nothing; and what may be written is judged further by what is in it.
    const isJudgedFurther = ["agent", "package"].includes(cell.who) && cell.verb === "create";
    const isRight = (status === 403) === !wanted(cell) || (status === 403 && isJudgedFurther);
    if (!isRight || status === 401 || status >= 500)
      wrong.push(`${cell.who} ${cell.verb} ${pathOf(cell)}: ${status}`);
  }
  expect(wrong).toEqual([]);
});
