import { describe, expect, test } from "vitest";

import { conflictCauses, conflictMessage } from "./conflict.ts";
import { type ObjectState, TrackedObject } from "./testing/tracked-object.ts";

const text = { type: "string" };
const whole = { type: "integer" };

/** The worked example of the API notes: ports by port and protocol, tags a set, tmpl atomic. */
const widget = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: {
        size: whole,
        note: { type: "string", nullable: true },
        ports: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["port", "protocol"],
          items: {
            type: "object",
            properties: { port: whole, protocol: { type: "string", default: "TCP" }, name: text },
          },
        },
        tags: { type: "array", "x-kubernetes-list-type": "set", items: text },
        tmpl: { type: "object", "x-kubernetes-map-type": "atomic", additionalProperties: whole },
        args: { type: "array", items: text },
        options: { type: "object", additionalProperties: text },
        anything: { "x-kubernetes-preserve-unknown-fields": true },
      },
    },
    status: { type: "object", properties: { phase: text } },
  },
};

const spec = (members: object) => ({ spec: members });
const wish = { size: 1, ports: [{ port: 80, name: "http" }], tags: ["x"], tmpl: { k: 1 } };
const first = spec(wish);

function started(): TrackedObject {
  const object = new TrackedObject(widget);
  object.apply("a", first);
  return object;
}

function conflictOf(result: ReturnType<TrackedObject["apply"]>): string {
  return result.type === "conflict" ? conflictMessage(result.conflicts) : "no conflict";
}

describe("the worked example", () => {
  test("applyConfig() owns what it applied, byte for byte", () => {
    expect(JSON.stringify(started().managers)).toBe(
      `[{"manager":"a","operation":"Apply","apiVersion":"demo.example.com/v1","time":"2026-01-02T03:04:01Z","fieldsType":"FieldsV1",` +
        `"fieldsV1":{"f:spec":{"f:ports":{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:name":{},"f:port":{}}},"f:size":{},"f:tags":{"v:\\"x\\"":{}},"f:tmpl":{}}}}]`,
    );
  });

  test("applyConfig() refuses another's field until forced, and then takes it", () => {
    const object = started();
    expect(conflictOf(object.apply("b", spec({ size: 2 })))).toBe(
      'Apply failed with 1 conflict: conflict with "a": .spec.size',
    );
    object.apply("b", spec({ size: 2 }), { force: true });
    expect(object.object["spec"]).toMatchObject({ size: 2 });
    expect(object.fieldsOf("a")).not.toHaveProperty(["f:spec", "f:size"]);
    expect(object.fieldsOf("b")).toEqual({ "f:spec": { "f:size": {} } });
  });

  test("trackUpdate() gives an editor what was added alone, and a given up set member goes alone", () => {
    const object = started();
    object.update("kubectl-edit", spec({ ...wish, tags: ["x", "y"] }));
    expect(object.fieldsOf("kubectl-edit")).toEqual({ "f:spec": { "f:tags": { 'v:"y"': {} } } });
    const { tags: _, ...rest } = wish;
    object.apply("a", spec(rest));
    expect(object.object["spec"]).toMatchObject({ tags: ["y"] });
  });

  test("applyConfig() finds a conflict on an atomic map as a whole", () => {
    const object = started();
    object.update("editor", spec({ ...wish, tmpl: { k: 1, j: 1 } }));
    expect(conflictOf(object.apply("a", spec({ ...wish, tmpl: { k: 2 } })))).toBe(
      'Apply failed with 1 conflict: conflict with "editor" using demo.example.com/v1: .spec.tmpl',
    );
  });
});

describe("applyConfig()", () => {
  test("removes what is given up, and keeps what another applied too", () => {
    const object = started();
    object.apply("b", spec({ ports: [{ port: 80 }], tags: ["x"] }));
    object.apply("a", spec({ size: 1 }));
    expect(object.object["spec"]).toEqual({ size: 1, ports: [{ port: 80 }], tags: ["x"] });
    object.apply("b", {});
    expect(object.object["spec"]).toEqual({ size: 1 });
    expect(object.managers.map(({ manager }) => manager)).toEqual(["a"]);
  });

  test("keeps what nobody owns beside what is given up in the same list", () => {
    const object = new TrackedObject(widget, {
      object: spec({ tags: ["old"] }),
      managers: started().state.managers,
    });
    object.apply("a", spec({ size: 1, tags: ["x"] }));
    object.apply("b", spec({ tags: ["z"] }));
    object.apply("a", spec({ size: 1 }));
    expect(object.object["spec"]).toEqual({ size: 1, tags: ["old", "z"] });
  });

  test("shares a field that two apply with the same value, and takes it from neither", () => {
    const object = started();
    expect(object.apply("b", spec({ size: 1 })).type).toBe("applied");
    object.apply("a", spec({ tags: ["x"] }));
    expect(object.object["spec"]).toEqual({ size: 1, tags: ["x"] });
    expect(object.apply("b", spec({ size: 3 })).type).toBe("applied");
  });

  test("changes nothing, not even its time, when it is applied again", () => {
    const object = started();
    const before: ObjectState = object.state;
    object.apply("a", first);
    expect(object.state).toEqual(before);
  });

  test("orders items as applied, between those of others", () => {
    const object = new TrackedObject(widget);
    object.apply("a", spec({ tags: ["a", "b", "c"] }));
    object.apply("b", spec({ tags: ["c", "x", "a"] }));
    expect(object.object["spec"]).toEqual({ tags: ["b", "c", "x", "a"] });
    object.apply("c", spec({ tags: ["first", "b", "last"] }));
    expect(object.object["spec"]).toEqual({ tags: ["first", "b", "c", "x", "a", "last"] });
  });

  test("replaces an atomic list, and merges maps of entries", () => {
    const object = new TrackedObject(widget);
    object.apply("a", spec({ args: ["-v", "-x"], options: { one: "1" } }));
    object.apply("b", spec({ options: { two: "2" } }));
    object.apply("a", spec({ args: ["-q"], options: { one: "1" } }));
    expect(object.object["spec"]).toEqual({ args: ["-q"], options: { one: "1", two: "2" } });
    expect(object.fieldsOf("a")).toEqual({ "f:spec": { "f:args": {}, "f:options": { "f:one": {} } } });
    expect(conflictOf(object.apply("b", spec({ args: ["-q", "-z"], options: { one: "2" } })))).toBe(
      'Apply failed with 2 conflicts: conflicts with "a":\n- .spec.args\n- .spec.options.one',
    );
  });

  test("splits what no schema describes into members, and keeps its lists whole", () => {
    const object = new TrackedObject(widget);
    object.apply("a", spec({ anything: { deep: { list: [1, 2], one: 1 } } }));
    object.apply("b", spec({ anything: { deep: { two: 2 } } }));
    expect(object.object["spec"]).toEqual({ anything: { deep: { list: [1, 2], one: 1, two: 2 } } });
    expect(object.fieldsOf("b")).toEqual({
      "f:spec": { "f:anything": { "f:deep": { ".": {}, "f:two": {} } } },
    });
  });

  test("keeps null and empty as they are applied", () => {
    const object = new TrackedObject(widget);
    object.apply("a", spec({ note: null, options: {}, anything: null }));
    expect(object.object["spec"]).toEqual({ note: null, options: {}, anything: null });
    expect(object.fieldsOf("a")).toEqual({ "f:spec": { "f:anything": {}, "f:note": {}, "f:options": {} } });
    object.apply("b", spec({ options: { x: "1" } }));
    object.apply("a", {});
    expect(object.object["spec"]).toEqual({ options: { x: "1" } });
  });

  test("takes null for no word about what is in a map or list that others fill", () => {
    const object = new TrackedObject(widget);
    object.apply("a", spec({ options: { x: "1" }, tags: ["x"] }));
    object.apply("b", spec({ options: null, tags: null }));
    expect(object.object["spec"]).toEqual({ options: { x: "1" }, tags: ["x"] });
  });

  test("owns nothing of status on the main endpoint, nor of the object's name", () => {
    const object = new TrackedObject(widget);
    object.apply("a", { spec: { size: 1 }, status: { phase: "x" } });
    expect(object.fieldsOf("a")).toEqual({ "f:spec": { "f:size": {} } });
  });

  test("says who owned an object that was not tracked before", () => {
    const object = new TrackedObject(widget, { object: spec({ size: 1, tags: ["x"] }), managers: [] });
    expect(conflictOf(object.apply("a", spec({ size: 2 })))).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using demo.example.com/v1: .spec.size',
    );
    object.apply("a", spec({ size: 2 }), { force: true });
    expect(object.fieldsOf("before-first-apply")).toEqual({
      "f:spec": { ".": {}, "f:tags": { ".": {}, 'v:"x"': {} } },
    });
  });

  test("names an item's keys and the subresource in a conflict", () => {
    const object = started();
    const [manager] = object.state.managers;
    if (!manager) throw new Error("nobody owns anything");
    const status = { ...manager, operation: "Update", subresource: "status" } as const;
    const fields = { "f:spec": { "f:ports": { 'k:{"port":80,"protocol":"TCP"}': { "f:name": {} } } } };
    expect(conflictCauses([{ manager: status, fields }])).toEqual([
      {
        reason: "FieldManagerConflict",
        message: 'conflict with "a" with subresource "status" using demo.example.com/v1',
        field: '.spec.ports[port=80,protocol="TCP"].name',
      },
    ]);
  });
});

describe("applyConfig() as kubectl", () => {
  const note = "kubectl.kubernetes.io/last-applied-configuration";
  const noted = (members: object) => JSON.stringify({ apiVersion: "demo.example.com/v1", spec: members });

  test("takes over what client-side apply wrote, and renews its note", () => {
    const object = new TrackedObject(widget);
    object.update("kubectl-client-side-apply", {
      metadata: { name: "w", annotations: { [note]: noted({ size: 1, tags: ["x"] }) } },
      spec: { size: 1, tags: ["x"] },
    });
    expect(object.copy().apply("other", spec({ size: 2 })).type).toBe("conflict");
    expect(object.apply("kubectl", spec({ size: 2 })).type).toBe("applied");
    expect(object.object).toMatchObject({
      metadata: {
        annotations: {
          [note]:
            '{"apiVersion":"demo.example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":2}}\n',
        },
      },
      spec: { size: 2, tags: ["x"] },
    });
  });

  test("does not trust a note of another version, or one that cannot be read", () => {
    for (const text of [noted({ size: 1 }).replace("/v1", "/v2"), "{", "[]", ""]) {
      const object = new TrackedObject(widget);
      const metadata = { name: "w", annotations: { [note]: text } };
      object.update("kubectl-client-side-apply", { metadata, spec: { size: 1 } });
      expect(conflictOf(object.apply("kubectl", spec({ size: 2 })))).toContain(".spec.size");
    }
  });

  test("does not take what somebody changed since", () => {
    const object = new TrackedObject(widget);
    object.update("kubectl-client-side-apply", {
      metadata: { name: "w", annotations: { [note]: noted({ size: 1 }) } },
      spec: { size: 5 },
    });
    expect(conflictOf(object.apply("kubectl", spec({ size: 2 })))).toContain(".spec.size");
  });
});
