import { type Attempt, MAPS, PACKAGES, packageOf, wellSpec } from "./attempt.ts";

const WRONG: readonly unknown[] = [null, 7, -1.5, "text", true, [], [{}], {}, { a: { b: [] } }];

const FIELDS: readonly (readonly [string, (value: unknown) => unknown, readonly unknown[]])[] = [
  ["spec", (value) => value, WRONG],
  ["spec.source", (source) => ({ ...wellSpec, source }), WRONG],
  [
    "spec.source.file",
    (file) => ({ ...wellSpec, source: { file } }),
    WRONG.filter((value) => typeof value !== "string"),
  ],
  [
    "spec.running",
    (running) => ({ ...wellSpec, running }),
    WRONG.filter((value) => value !== true && value !== null),
  ],
  [
    "spec.resources",
    (resources) => ({ ...wellSpec, resources }),
    WRONG.filter((value) => value !== null && (typeof value !== "object" || Array.isArray(value))),
  ],
  [
    "spec.resources.memory",
    (memory) => ({ ...wellSpec, resources: { memory } }),
    [[], {}, true, "much", "1Zi", "-1", "1e", "0x10", "", "1 Gi"],
  ],
  [
    "spec.resources.pids",
    (pids) => ({ ...wellSpec, resources: { pids } }),
    ["many", -1, 1.5, [], {}, 0, Number.MAX_VALUE],
  ],
];

/** Every field with values of every other type. */
function wrongTypes(): readonly Attempt[] {
  return FIELDS.flatMap(([field, put, values]) =>
    values.map((value, i): Attempt => ({
      name: `${field} as ${JSON.stringify(value) ?? "undefined"} (${i})`,
      body: JSON.stringify(packageOf(put(value))),
    })),
  );
}

const META: readonly object[] = [
  {},
  { name: "" },
  { name: 7 },
  { name: "UPPER" },
  { name: "a/b" },
  { name: ".." },
  { name: "." },
  { name: "a%2fb" },
  { name: "a".repeat(254) },
  { name: "a".repeat(41) },
  { name: "ünïcode" },
  { name: "a\u0000b" },
  { name: "a b" },
  { name: "-a" },
  { name: "a", namespace: "other" },
  { name: "a", namespace: 7 },
  { name: "a", labels: [] },
  { name: "a", labels: { "": "x" } },
  { name: "a", labels: { "a b": "x" } },
  { name: "a", labels: { a: 7 } },
  { name: "a", labels: { a: "x".repeat(64) } },
  { name: "a", labels: { [`${"p".repeat(254)}/a`]: "x" } },
  { name: "a", annotations: { a: {} } },
  { name: "a", annotations: { a: "x".repeat(300_000) } },
  { name: "a", finalizers: "x" },
  { name: "a", finalizers: [7] },
  { name: "a", finalizers: ["not qualified!"] },
  { name: "a", ownerReferences: [{}] },
  { name: "a", ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "p" }] },
  { name: "a", ownerReferences: "p" },
  { name: "a", resourceVersion: "7" },
  { name: "a", generateName: 7 },
];

/** Not JSON, or JSON that means harm. */
const TEXTS: readonly (readonly [string, string | Uint8Array])[] = [
  ["nothing", ""],
  ["a brace", "{"],
  ["two documents", "{}{}"],
  ["a trailing comma", '{"a":1,}'],
  ["NaN", '{"a":NaN}'],
  ["single quotes", "{'a':1}"],
  ["a comment", '{"a":1}//x'],
  ["a number", "7"],
  ["a string", '"text"'],
  ["null", "null"],
  ["a list", "[]"],
  ["a byte order mark", "\uFEFF{}"],
  ["bytes that are no UTF-8", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
  ["a control character", '{"a":"\u0001"}'],
  ["half a surrogate escape", '{"a":"\\ud8"}'],
  ["leading zeros", '{"a":007}'],
  ["an endless exponent", `{"spec":{"x":1e${"9".repeat(1000)}}}`],
  ["deep objects", `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`],
  ["deep lists", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ["a bare __proto__", '{"__proto__":{"isAdmin":true}}'],
  ["a constructor", '{"constructor":{"prototype":{"isAdmin":true}}}'],
  ["gigantic", `{"a":"${"x".repeat(4 * 1024 * 1024)}"}`],
  ["another kind", '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}'],
  ["another version", '{"apiVersion":"package.freehold.dev/v9","kind":"Package","metadata":{"name":"a"}}'],
  ["a kind that is a number", '{"apiVersion":"v1","kind":7,"metadata":{"name":"a"}}'],
];

const YAMLS: readonly (readonly [string, string])[] = [
  ["an alias bomb", `a: &a [x,x,x]\n${bomb(12)}`],
  ["an alias to itself", "a: &a [*a]"],
  ["an unknown alias", "a: *nowhere"],
  ["a tag for functions", "a: !!js/function 'function(){}'"],
  ["two documents", "a: 1\n---\nb: 2\n"],
  ["a tab", "a:\n\t- b\n"],
  ["deep flow", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
  ["a doubled key", "apiVersion: v1\napiVersion: v2\nkind: Package\n"],
  ["a merge of itself", "a: &a\n  <<: *a\n"],
  ["a list", "- a\n- b\n"],
];

function bomb(levels: number): string {
  const names = "abcdefghijklmnopqrstuvwxyz";
  return Array.from({ length: levels }, (_, i) => {
    const below = `*${names[i] ?? ""}`;
    return `${names[i + 1] ?? ""}: &${names[i + 1] ?? ""} [${Array(9).fill(below).join(",")}]`;
  }).join("\n");
}

const PATCHES: readonly (readonly [string, string, string])[] = [
  ["json-patch+json", "an object", "{}"],
  ["json-patch+json", "an unknown operation", '[{"op":"launch","path":"/spec"}]'],
  ["json-patch+json", "no path", '[{"op":"remove"}]'],
  ["json-patch+json", "a path that is none", '[{"op":"remove","path":"spec"}]'],
  ["json-patch+json", "a path that is not there", '[{"op":"remove","path":"/spec/nowhere"}]'],
  ["json-patch+json", "a test that fails", '[{"op":"test","path":"/metadata/name","value":"x"}]'],
  ["json-patch+json", "an index out of bounds", '[{"op":"add","path":"/metadata/finalizers/9","value":"x"}]'],
  ["json-patch+json", "the prototype", '[{"op":"add","path":"/__proto__/isAdmin","value":true}]'],
  ["json-patch+json", "a prototype's property", '[{"op":"add","path":"/constructor/prototype/x","value":1}]'],
  ["json-patch+json", "doubling copies", JSON.stringify(doubling())],
  ["json-patch+json", "too many operations", `[${Array(20_000).fill('{"op":"test","path":""}').join(",")}]`],
  ["json-patch+json", "another name", '[{"op":"replace","path":"/metadata/name","value":"x"}]'],
  ["merge-patch+json", "a list", "[]"],
  ["merge-patch+json", "a string", '"x"'],
  ["merge-patch+json", "another name", '{"metadata":{"name":"x"}}'],
  ["merge-patch+json", "another uid", '{"metadata":{"uid":"x"}}'],
  ["merge-patch+json", "a stale version", '{"metadata":{"resourceVersion":"1"}}'],
  ["merge-patch+json", "a spec that is a list", '{"spec":[]}'],
  ["apply-patch+yaml", "no kind", "metadata: {name: bad}"],
  ["apply-patch+yaml", "another kind", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}"],
  ["apply-patch+yaml", "a list", "- a"],
  ["strategic-merge-patch+json", "our own kinds", "{}"],
  ["x-unheard-of", "an unknown patch", "{}"],
];

function doubling(): object[] {
  return [
    { op: "add", path: "/metadata/annotations", value: { a: "x".repeat(1000) } },
    ...Array.from({ length: 60 }, (_, i) => ({
      op: "copy",
      from: "/metadata/annotations",
      path: `/metadata/annotations/k${i}`,
    })),
  ];
}

/** Requests whose body is wrong. `bad-target` is a Package that is there, for patches. */
export function badBodies(): readonly Attempt[] {
  const yaml = (text: string): Pick<Attempt, "type" | "body"> => ({ type: "application/yaml", body: text });
  return [
    ...wrongTypes(),
    ...META.map((metadata): Attempt => {
      const name = `metadata ${JSON.stringify(metadata).slice(0, 60)}`;
      return { name, body: JSON.stringify(packageOf(wellSpec, metadata)) };
    }),
    ...TEXTS.map(([name, body]): Attempt => ({ name: `a body of ${name}`, body })),
    ...YAMLS.map(([name, text]): Attempt => ({ name: `YAML with ${name}`, ...yaml(text) })),
    ...PATCHES.map(([kind, name, body]): Attempt => ({
      name: `${kind}: ${name}`,
      method: "PATCH",
      path: `${PACKAGES}/bad-target?fieldManager=test`,
      type: `application/${kind}`,
      body,
    })),
    { name: "an unknown type", type: "text/html", body: "{}", status: 415 },
    { name: "no type of ours", type: "application/vnd.kubernetes.protobuf", body: "k8s\u0000rubbish" },
    { name: "a squeezed body", headers: { "content-encoding": "br" }, body: "{}" },
    { name: "a config map of numbers", path: MAPS, body: '{"metadata":{"name":"a"},"data":{"a":1}}' },
    { name: "binary that is none", path: MAPS, body: '{"metadata":{"name":"a"},"binaryData":{"a":"%"}}' },
  ];
}
