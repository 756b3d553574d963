/** What the tests apply: names and texts that YAML printers and mergers stumble over. */
export const volume = (size: string, more = ""): string => `apiVersion: storage.freehold.dev/v1alpha1
kind: Volume
metadata:
  name: one
  labels: { a: b, "yes": "on" }
  annotations: { x: "1:30", z: "2001-01-01", w: "  sp", q: "a: b", e: "", l: "<a>&" }
spec: { machine: m1, size: ${size}${more} }
`;

export const configMap = `apiVersion: v1
kind: ConfigMap
metadata: { name: cm }
data:
  a: "true"
  b: "0644"
  d: "1e3"
  f: "#x"
  h: "multi\\nline"
  i: "trailing \\n"
  m: "'q'"
  s: é
  t: "tab\\there"
  w: ".5"
  z: "\\n"
`;
