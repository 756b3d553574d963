import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

const SECRETS = "/api/v1/namespaces/default/secrets";
const MAPS = "/api/v1/namespaces/default/configmaps";

let f: ServerFixture;
afterEach(() => f.close());

describe("the audit log", () => {
  it("tells who wrote what and what was refused, and nothing of what was in it or only read", async () => {
    const path = join(tmpdir(), `freehold-audit-${process.pid}.log`, "audit.log");
    f = await serverFixture({ audit: { path }, clock: () => Date.parse("2026-01-01T00:00:00Z") });
    const body = { metadata: { name: "s" }, stringData: { password: "hunter2" } };
    await f.ask(`${SECRETS}?fieldManager=me`, { method: "POST", body, headers: { "user-agent": "test/1" } });
    await f.ask(`${SECRETS}/s`);
    await f.ask(SECRETS, { headers: { "impersonate-user": "ann" } });
    await f.ask(SECRETS, { token: "wrong" });
    await f.ask("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
      method: "POST",
      body: { spec: {} },
    });
    await f.ask(SECRETS, { method: "DELETE" });
    await f.server.stop();
    const text = await readFile(path, "utf8");
    expect(text).not.toContain("hunter2");
    const lines = text
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(lines).toMatchObject([
      {
        kind: "Event",
        apiVersion: "audit.k8s.io/v1",
        level: "Metadata",
        stage: "ResponseComplete",
        auditID: expect.stringMatching(/^[0-9a-f-]{36}$/),
        requestURI: `${SECRETS}?fieldManager=me`,
        verb: "create",
        user: { username: "admin", groups: ["system:masters", "system:authenticated"] },
        sourceIPs: ["127.0.0.1"],
        userAgent: "test/1",
        objectRef: { resource: "secrets", namespace: "default", name: "s", apiVersion: "v1" },
        responseStatus: { code: 201 },
        requestReceivedTimestamp: "2026-01-01T00:00:00.000000Z",
      },
      {
        verb: "list",
        user: { username: "admin" },
        impersonatedUser: { username: "ann" },
        responseStatus: { code: 403, reason: "Forbidden" },
        annotations: { "authorization.k8s.io/decision": "forbid" },
      },
      { verb: "list", user: {}, responseStatus: { code: 401 } },
      { verb: "deletecollection", responseStatus: { code: 200 } },
    ]);
  });
});

describe("limits", () => {
  it("answer 429 to the greedy, and go on for others and for health", async () => {
    f = await serverFixture({ limits: { longRunning: 4, reads: 2 } });
    const jo = await f.server.issueToken("jo", ["system:masters"]);
    const watch = (token: string) => f.ask(`${MAPS}?watch=1&timeoutSeconds=2`, { token });
    const open = [watch(f.token), watch(f.token)];
    const refused = await (async () => {
      for (;;) {
        const answer = await watch(f.token);
        if (answer.status === 429) return answer;
      }
    })();
    expect(refused).toMatchObject({
      status: 429,
      headers: { "retry-after": "1" },
      json: { reason: "TooManyRequests", details: { retryAfterSeconds: 1 } },
    });
    const other = watch(jo);
    expect((await f.ask(MAPS)).status).toBe(200);
    expect((await f.ask("/healthz", { token: "" })).status).toBe(200);
    expect((await other).status).toBe(200);
    expect((await Promise.all(open)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await watch(f.token)).status).toBe(200);
  });
});
