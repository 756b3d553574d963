import type { MountPoint } from "@freehold/agent-ports";

/** A MountPoint with what the port does not show. */
export interface MountLine extends MountPoint {
  readonly id: number;
  /** "254:0", the filesystem's device number. */
  readonly device: string;
  readonly idMapped: boolean;
}

/** Lines of proc_pid_mountinfo(5), in the order the mounts were made. Pure. */
export function parseMountLines(text: string): readonly MountLine[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map(parseLine);
}

/** Of stacked mounts the topmost, at or below the path, parents first. */
export function linesBelow(lines: readonly MountLine[], path: string): readonly MountLine[] {
  const prefix = path === "/" ? "/" : `${path}/`;
  const topmost = new Map<string, MountLine>();
  for (const line of lines) {
    if (line.target === path || line.target.startsWith(prefix)) topmost.set(line.target, line);
  }
  return [...topmost.values()].sort((a, b) => (a.target < b.target ? -1 : 1));
}

/** The mount that a path lies in: its nearest mount point upwards. */
export function lineAbove(lines: readonly MountLine[], path: string): MountLine | undefined {
  let nearest: MountLine | undefined;
  for (const line of lines) {
    const covers = line.target === "/" || path === line.target || path.startsWith(`${line.target}/`);
    if (covers && line.target.length >= (nearest?.target.length ?? 0)) nearest = line;
  }
  return nearest;
}

/** The part of its filesystem that a path shows: what a bind of it has as `root`. */
export function rootOf(line: MountLine, path: string): string {
  const rest = line.target === "/" ? path : path.slice(line.target.length);
  const joined = `${line.root === "/" ? "" : line.root}${rest === "/" ? "" : rest}`;
  return joined === "" ? "/" : joined;
}

function parseLine(line: string): MountLine {
  const fields = line.split(" ");
  const separator = fields.indexOf("-", 6);
  const [id = "", , device = "", root = "", target = "", options = ""] = fields;
  const [, type = "", source = "", superOptions = ""] = fields.slice(separator);
  const tags = fields.slice(6, separator);
  const isSet = (name: string): boolean => options.split(",").includes(name);
  return {
    id: Number(id),
    device,
    root: unescape(root),
    target: unescape(target),
    type,
    source: unescape(source),
    readOnly: isSet("ro") || superOptions.split(",").includes("ro"),
    idMapped: isSet("idmapped"),
    propagation: propagationOf(tags),
  };
}

function propagationOf(tags: readonly string[]): MountPoint["propagation"] {
  const shared = tags.some((tag) => tag.startsWith("shared:"));
  const slave = tags.some((tag) => tag.startsWith("master:"));
  if (shared) return slave ? "shared-slave" : "shared";
  if (slave) return "slave";
  return tags.includes("unbindable") ? "unbindable" : "private";
}

/** Blank, tab, line feed, backslash and '#' are written as octal. */
function unescape(field: string): string {
  if (!field.includes("\\")) return field;
  // The octal codes stand for bytes, of which several make a letter beyond ASCII only when unescaped raw; the kernel escapes ASCII only.
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
}
