import { describe, expect, it } from "vitest";

import { authenticated } from "./identity.ts";
import { impersonate } from "./impersonate.ts";

const headers = (values: Record<string, string>) => (name: string) => values[name];
const webPackage = {
  "impersonate-user": "system:package:default:web",
  "impersonate-group": "system:packages",
};

describe("impersonate()", () => {
  it("lets administrators be anybody, and agents be packages only", () => {
    const admin = authenticated("admin", ["system:masters"]);
    const agent = authenticated("system:agent:local", ["system:agents"]);
    expect(impersonate(admin, headers({ "impersonate-user": "nobody" }))?.user).toBe("nobody");
    expect(impersonate(agent, headers(webPackage))?.user).toBe("system:package:default:web");
    expect(() => impersonate(agent, headers({ "impersonate-user": "admin" }))).toThrow("cannot impersonate");
    const more = { ...webPackage, "impersonate-group": "system:packages,system:masters" };
    expect(() => impersonate(agent, headers(more))).toThrow("cannot impersonate");
  });

  it("refuses packages, and groups without a user", () => {
    const other = authenticated("system:package:default:web", ["system:packages"]);
    expect(() => impersonate(other, headers(webPackage))).toThrow("cannot impersonate");
    const admin = authenticated("admin", ["system:masters"]);
    expect(() => impersonate(admin, headers({ "impersonate-group": "x" }))).toThrow(
      "without Impersonate-User",
    );
  });
});
