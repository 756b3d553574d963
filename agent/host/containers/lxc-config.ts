import { type ContainerDefinition, HostError } from "@freehold/agent-ports";

import { limitLines } from "./limit-lines.ts";

/** Ids of one container. */
export const ID_COUNT = 65_536;

/** What the configuration needs to know of the machine beside the definition. */
export interface LxcSurroundings {
  readonly cgroups: "v1" | "v2";
  /** Folder below each cgroup hierarchy, "freehold/web". */
  readonly cgroupPath: string;
  /** Program and plan of the hook before init, absolute paths without blanks; see native/mount-into. */
  readonly hook: readonly [program: string, plan: string];
  /** Program and words of the hook at the end, while the cgroups are still there. */
  readonly stopHook: readonly string[];
  readonly seccompProfile: string | undefined;
  readonly hasApparmor: boolean;
  /** "c 10:229" of each extra device node, by path. */
  readonly deviceNumbers: Readonly<Record<string, string>>;
  /** Sources of binds that are files. */
  readonly fileSources: ReadonlySet<string>;
}

/**
 * What no package needs and what reaches beyond its user namespace or makes the kernel do more than it must. Packages mount, unshare,
 * pivot, chown and change users, so all of that stays.
 */
const DROPPED =
  "audit_control audit_read mac_admin mac_override sys_boot sys_module sys_pacct sys_rawio sys_time syslog wake_alarm";
/** null, zero, full, random, urandom, tty, console, ptmx, pts. */
const DEVICES = ["1:3", "1:5", "1:7", "1:8", "1:9", "5:0", "5:1", "5:2", "136:*"];

/** lxc.container.conf(5) of a definition. Pure; throws `invalid` for text that could become a line of its own. */
export function lxcConfigOf(definition: ContainerDefinition, around: LxcSurroundings): string {
  const { name, rootfs, uidBase, stopSignal } = definition;
  const lines: (readonly [string, string])[] = [
    ["uts.name", name],
    ["rootfs.path", `dir:${rootfs}`],
    ["idmap", `u 0 ${uidBase} ${ID_COUNT}`],
    ["idmap", `g 0 ${uidBase} ${ID_COUNT}`],
    ["apparmor.profile", around.hasApparmor ? "generated" : "unconfined"],
    ...(around.hasApparmor ? [["apparmor.allow_nesting", "1"] as const] : []),
    ...(around.seccompProfile ? [["seccomp.profile", around.seccompProfile] as const] : []),
    ["cap.drop", DROPPED],
    ["tty.max", "0"],
    ["pty.max", "1024"],
    // Init writes to the descriptors of lxc-start, which are the log.
    ["console.path", "none"],
    ["signal.halt", stopSignal],
    ["mount.auto", "proc:mixed sys:mixed"],
    ...networkLines(definition),
    ...cgroupLines(definition, around),
    ...mountLines(definition, around),
    ["hook.version", "1"],
    ["hook.start-host", around.hook.join(" ")],
    ["hook.stop", around.stopHook.join(" ")],
    ...environmentLines(definition),
  ];
  return lines.map(([key, value]) => `lxc.${key} = ${singleLine(key, value)}\n`).join("");
}

function networkLines({ network }: ContainerDefinition): readonly (readonly [string, string])[] {
  return [
    ["net.0.type", "veth"],
    ["net.0.link", network.bridge],
    ["net.0.flags", "up"],
    ["net.0.name", "eth0"],
    ["net.0.veth.pair", network.hostLink],
    ["net.0.hwaddr", network.mac],
    ["net.0.ipv4.address", `${network.address} ${broadcastOf(network.address)}`],
    ["net.0.ipv4.gateway", network.gateway],
  ];
}

/** LXC's own guess is the host part alone. */
function broadcastOf(address: string): string {
  const [bytes = "", length = "32"] = address.split("/");
  const number = bytes.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const hosts = 2 ** (32 - Number(length));
  const last = Math.floor(number / hosts) * hosts + hosts - 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(last / 2 ** shift) % 256).join(".");
}

function cgroupLines(
  { limits, devices }: ContainerDefinition,
  around: LxcSurroundings,
): readonly (readonly [string, string])[] {
  const prefix = around.cgroups === "v1" ? "cgroup" : "cgroup2";
  const numbers = [
    ...DEVICES.map((number) => `c ${number}`),
    ...devices.map((path) => numberOf(path, around)),
  ];
  return [
    ["cgroup.dir.monitor", `${around.cgroupPath}/monitor`],
    ["cgroup.dir.container", `${around.cgroupPath}/payload`],
    [`${prefix}.devices.deny`, "a"],
    ...numbers.map((number) => [`${prefix}.devices.allow`, `${number} rwm`] as const),
    ...limitLines(around.cgroups, limits).map(({ file, value }) => [`${prefix}.${file}`, value] as const),
  ];
}

function mountLines(
  { binds, devices, uidBase }: ContainerDefinition,
  around: LxcSurroundings,
): readonly (readonly [string, string])[] {
  const entries = [
    // Nested pid namespaces may mount proc only while a whole one is visible; the usual one has parts covered.
    "proc dev/.lxc/proc proc create=dir,optional 0 0",
    "sys dev/.lxc/sys sysfs create=dir,optional 0 0",
    ...devices.map((path) => `${escaped(path)} ${escaped(path.slice(1))} none bind,create=file,optional 0 0`),
  ];
  for (const bind of binds) {
    // LXC cannot do these, the hook does.
    if (bind.propagation === "shared") continue;
    const kind = bind.recursive ? "rbind" : "bind";
    const options = [kind, `create=${around.fileSources.has(bind.source) ? "file" : "dir"}`, "nodev"];
    if (bind.readOnly) options.push("ro");
    if (bind.propagation) options.push(`${bind.recursive ? "r" : ""}${bind.propagation}`);
    if (bind.idMap) {
      if (bind.idMap.base !== uidBase || bind.idMap.count !== ID_COUNT) {
        const found = `its ids are mapped to ${bind.idMap.base}+${bind.idMap.count}, the container's to ${uidBase}+${ID_COUNT}`;
        throw new HostError("unsupported", `Cannot bind "${bind.source}": ${found}`);
      }
      options.push("idmap=container");
    }
    entries.push(`${escaped(bind.source)} ${escaped(bind.target)} none ${options.join(",")} 0 0`);
  }
  return entries.map((entry) => ["mount.entry", entry]);
}

function environmentLines({ environment }: ContainerDefinition): readonly (readonly [string, string])[] {
  const all = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...environment };
  return Object.entries(all).map(([name, value]) => {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return ["environment", `${name}=${value}`];
    throw new HostError("invalid", `Cannot set variable "${name}": not letters, digits and underscores`);
  });
}

function numberOf(path: string, { deviceNumbers }: LxcSurroundings): string {
  const number = deviceNumbers[path];
  if (number) return number;
  throw new HostError("missing", `Cannot give device "${path}": no such device node on this machine`);
}

/** fstab(5): fields are separated by blanks, which are written in octal within one. */
function escaped(field: string): string {
  return field.replaceAll(
    /[ \t\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
}

function singleLine(key: string, value: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  if (!/[\u0000-\u001f\u007f]/.test(value.replaceAll("\t", ""))) return value;
  throw new HostError(
    "invalid",
    `Cannot write "lxc.${key}": ${JSON.stringify(value)} has a control character`,
  );
}
