import { describe, expect, it } from "vitest";

import type { Decision } from "./access.ts";
import { type Attributes, isPath } from "./attributes.ts";
import { authenticated, type Identity } from "./identity.ts";
import { type Headers, impersonate } from "./impersonate.ts";

const web = { "impersonate-user": "system:package:default:web", "impersonate-group": "system:packages" };
const agent = authenticated("system:agent:m1", ["system:agents"]);
const flux = authenticated("flux", []);

/** Allows these, as `resource name` or `namespace/resource name`. */
function allowing(...allowed: readonly string[]) {
  const authorize = (_: Identity, attributes: Attributes): Decision => {
    if (isPath(attributes)) return { allowed: false, reason: "" };
    const { namespace, resource, subresource, name, verb } = attributes;
    const what = subresource === undefined ? resource : `${resource}/${subresource}`;
    const said = `${namespace === undefined ? "" : `${namespace}/`}${what} ${name}`;
    return verb === "impersonate" && allowed.includes(said)
      ? { allowed: true, reason: "" }
      : { allowed: false, reason: "" };
  };
  const runsOn = async (machine: string, own: { name: string }): Promise<boolean> =>
    machine === "m1" && own.name === "web";
  return (identity: Identity | undefined, headers: Headers) =>
    impersonate({ authorize, runsOn }, identity, headers);
}

describe("impersonate()", () => {
  it("leaves the caller as it is without headers", async () => {
    expect(await allowing()(flux, { accept: "*/*" })).toBe(flux);
  });

  it("lets an agent speak for the packages of its machine, and for nobody else", async () => {
    const as = allowing();
    expect((await as(agent, web))?.user).toBe("system:package:default:web");
    await expect(as(agent, { ...web, "impersonate-user": "system:package:default:other" })).rejects.toThrow(
      'users "system:package:default:other" is forbidden: User "system:agent:m1" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    await expect(
      as(agent, { ...web, "impersonate-group": "system:packages,system:masters" }),
    ).rejects.toThrow();
    await expect(as(agent, { ...web, "impersonate-uid": "1" })).rejects.toThrow();
    await expect(as(agent, { "impersonate-user": "admin" })).rejects.toThrow();
    const other = authenticated("system:agent:m2", ["system:agents"]);
    await expect(as(other, web)).rejects.toThrow();
  });

  it("asks for user, each group, uid and each extra by itself", async () => {
    const headers = {
      "impersonate-user": "ann",
      "impersonate-group": ["staff", "night"],
      "impersonate-uid": "u1",
      "impersonate-extra-example.org%2fscopes": "a, b",
    };
    const all = ["users ann", "groups staff", "groups night", "uids u1"];
    const extras = ["userextras/example.org/scopes a", "userextras/example.org/scopes b"];
    expect(await allowing(...all, ...extras)(flux, headers)).toEqual({
      user: "ann",
      groups: ["staff", "night", "system:authenticated"],
      uid: "u1",
      extra: { "example.org/scopes": ["a", "b"] },
    });
    for (const missing of [...all, ...extras]) {
      const rest = [...all, ...extras].filter((one) => one !== missing);
      await expect(allowing(...rest)(flux, headers)).rejects.toMatchObject({ code: 403 });
    }
  });

  it("gives a service account the groups it has", async () => {
    const headers = { "impersonate-user": "system:serviceaccount:apps:deployer" };
    expect(await allowing("apps/serviceaccounts deployer")(flux, headers)).toEqual({
      user: "system:serviceaccount:apps:deployer",
      groups: ["system:serviceaccounts", "system:serviceaccounts:apps", "system:authenticated"],
    });
    await expect(allowing("users system:serviceaccount:apps:deployer")(flux, headers)).rejects.toThrow(
      'cannot impersonate resource "serviceaccounts" in API group "" in the namespace "apps"',
    );
  });

  it("refuses the nameless, and groups without a user", async () => {
    await expect(allowing()(undefined, web)).rejects.toMatchObject({ code: 401 });
    await expect(allowing()(flux, { "impersonate-group": "x" })).rejects.toThrow("without Impersonate-User");
  });
});
