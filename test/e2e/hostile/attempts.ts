import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";

/** Each way out; it throws when it did not work, and answers what it got when it did. */
export type Attempts = Readonly<Record<string, () => unknown>>;

const MEDIA = "/media/startos";
/** A file the test put on the machine outside, and its text. Nothing inside may ever see the text. */
const SECRET_PATH = "/var/tmp/freehold-hostile-secret";
const SECRET_TEXT = "the-machine-s-own-secret";

const sh = (command: string): string =>
  execFileSync("/bin/sh", ["-c", command], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 5000,
  });

function needs(found: boolean, what: string): string {
  if (!found) throw new Error("nothing there");
  return what;
}

const readsSecret = (path: string): string => needs(readFileSync(path, "utf8").includes(SECRET_TEXT), path);

/** Any process whose root leads to the secret. */
function throughProc(): string {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      return readsSecret(`/proc/${pid}/root${SECRET_PATH}`);
    } catch {
      // Not by this one.
    }
  }
  throw new Error("by no process");
}

function hostProcess(): string {
  const found = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    })
    .find((line) => line.includes("bundle/main.js") || line.includes("lxc-start"));
  return needs(found !== undefined, found ?? "");
}

/** Connects, or throws after two seconds. */
function tcp(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 2000 }, () => {
      socket.destroy();
      resolve(`${host}:${port} answers`);
    });
    socket.on("timeout", () => socket.destroy(new Error("no answer")));
    socket.on("error", reject);
  });
}

/** A call on the effects socket, with the package's own methods or made-up ones. */
function effect(method: string, params: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(`${MEDIA}/rpc/host.sock`, () =>
      socket.write(`${JSON.stringify({ id: 1, method, params })}\n`),
    );
    socket.setEncoding("utf8");
    socket.setTimeout(5000, () => socket.destroy(new Error("no answer")));
    socket.on("error", reject);
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (!text.includes("\n")) return;
      socket.destroy();
      const reply: unknown = JSON.parse(text);
      const error: unknown = Object(reply).error;
      if (error !== undefined) reject(new Error(JSON.stringify(error)));
      else if (Object(reply).result === null) reject(new Error("null"));
      else resolve(JSON.stringify(Object(reply).result));
    });
  });
}

const files: Attempts = {
  "read the secret by its path": () => readsSecret(SECRET_PATH),
  "read the secret through /proc/N/root": throughProc,
  "read the secret above the root": () => readsSecret(`/../../../../..${SECRET_PATH}`),
  "read the secret above a volume": () => readsSecret(`${MEDIA}/volumes/main/../../../../..${SECRET_PATH}`),
  "read the secret by a link in a volume": () => {
    symlinkSync(SECRET_PATH, `${MEDIA}/volumes/main/link-${process.pid}`);
    return readsSecret(`${MEDIA}/volumes/main/link-${process.pid}`);
  },
  "escape a chroot": () =>
    sh(
      `mkdir -p /tmp/c && chroot /tmp/c /bin/true; cd /; i=0; while [ $i -lt 40 ]; do cd ..; i=$((i+1)); done; cat .${SECRET_PATH}`,
    ),
  "see another package's volume": () =>
    needs(
      readdirSync(`${MEDIA}/volumes`).some((name) => name !== "main"),
      readdirSync(`${MEDIA}/volumes`).join(),
    ),
  "see another container's sockets": () =>
    needs(
      readdirSync(`${MEDIA}/rpc`).some((name) => !/^(host|service)\.sock$/.test(name)),
      "more sockets",
    ),
  "write into the package's code": () => appendFileSync("/usr/lib/startos/package/index.js", "//"),
  "write into the assets": () => writeFileSync(`${MEDIA}/assets/x`, "x"),
  "write into the shared image": () => {
    sh("mount -o remount,rw /usr/lib/startos/package");
    appendFileSync("/usr/lib/startos/package/index.js", "//");
  },
};

const devices: Attempts = {
  "make a disk's device node": () => sh("mknod /tmp/sda b 8 0 && head -c 512 /tmp/sda"),
  "make the machine's disk's node": () => sh("mknod /tmp/vda b 254 0 && head -c 512 /tmp/vda"),
  "read memory": () => sh("head -c 16 /dev/mem || head -c 16 /proc/kcore"),
  "read the kernel's log": () => sh("dmesg | head -1 | grep ."),
  "read /dev/kmsg": () => readFileSync("/dev/kmsg"),
  "use KVM": () => needs(existsSync("/dev/kvm"), "/dev/kvm"),
  "use FUSE": () => needs(existsSync("/dev/fuse"), "/dev/fuse"),
  "attach a loop device": () =>
    sh("losetup -f /etc/hosts || mknod /tmp/loop-control c 10 237 && cat /tmp/loop-control"),
  "mount a disk": () => sh("mkdir -p /tmp/d; mount -t ext4 /dev/vda /tmp/d && ls /tmp/d"),
};

const machine: Attempts = {
  "see a process of the machine": hostProcess,
  "kill a process of the machine": () => {
    for (const pid of [2, 100, 1000, 2000, 4000]) {
      if (existsSync(`/proc/${pid}`)) continue;
      process.kill(pid, 0);
      return pid;
    }
    throw new Error("none to try");
  },
  "enter the machine's namespaces": () => sh("nsenter -t 1 -m -u -n -p -i sh -c 'cat " + SECRET_PATH + "'"),
  "see another user namespace": () =>
    needs(readFileSync("/proc/self/uid_map", "utf8").trim().split(/\s+/)[1] === "0", "not mapped at all"),
  "set the core pattern": () => writeFileSync("/proc/sys/kernel/core_pattern", "|/tmp/x"),
  "set the machine's own sysctl": () => writeFileSync("/proc/sys/kernel/printk", "1"),
  "pull the sysrq trigger": () => writeFileSync("/proc/sysrq-trigger", "h"),
  "change vm settings": () => writeFileSync("/proc/sys/vm/overcommit_memory", "1"),
  "change a device's settings in /sys": () =>
    sh(
      "for f in /sys/block/*/queue/read_ahead_kb; do [ -e $f ] && echo 1 > $f && echo $f && exit 0; done; exit 1",
    ),
  "load a module": () => sh("insmod /tmp/x.ko"),
  "set the clock": () => sh("date -s '2001-01-01'; date +%Y | grep 2001"),
  reboot: () => sh("reboot -f; sleep 1; exit 1"),
  "mount a cgroup tree and set release_agent": () =>
    sh(
      "mkdir -p /tmp/cg && mount -t cgroup -o memory cgroup /tmp/cg && echo /tmp/x > /tmp/cg/release_agent && echo done",
    ),
  "raise the own limit of processes": () =>
    sh(
      'f=$(find /sys/fs/cgroup -name pids.max 2>/dev/null | head -1); [ -n "$f" ] && echo max > $f && cat $f',
    ),
  "start more processes than allowed": () =>
    sh("i=0; while [ $i -lt 400 ]; do sleep 2 & i=$((i+1)); done; echo $i; kill $(jobs -p)"),
  "mount debugfs": () => sh("mkdir -p /tmp/dbg && mount -t debugfs d /tmp/dbg && ls /tmp/dbg | grep ."),
  "leave by /proc/self/exe of init": () =>
    needs(!readlinkSync("/proc/1/exe").startsWith("/usr/bin"), "foreign init"),
};

function network(target: {
  readonly bridge: string;
  readonly other: string;
  readonly api: number;
}): Attempts {
  return {
    "reach the API on the bridge": () => tcp(target.bridge, target.api),
    "reach ssh on the bridge": () => tcp(target.bridge, 22),
    "reach another package's port": () => tcp(target.other, 6379),
    "take another package's address": async () => {
      sh(`ip addr add ${target.other}/16 dev eth0`);
      sh(`ip addr del ${target.other}/16 dev eth0; ip addr add ${target.other}/32 dev lo`);
      return tcp(target.bridge, target.api);
    },
    "send from a forged address": () => sh(`ping -c 1 -W 1 -I ${target.other} ${target.bridge}`),
  };
}

const effects: Attempts = {
  "effect: another's address": () => effect("get-container-ip", { packageId: "redis" }),
  "effect: another's manifest": () => effect("get-service-manifest", { packageId: "redis" }),
  "effect: another's status": () => effect("get-status", { packageId: "redis" }),
  "effect: an image by a path": () =>
    effect("subcontainer.create-fs", { imageId: "../../../../etc", name: "x" }),
  "effect: a guid by a path": () => effect("subcontainer.destroy-fs", { guid: "../../../volumes" }),
  "effect: an interface with another's name": () =>
    effect("export-service-interface", { id: "../redis", name: "x", type: "ui", addressInfo: {} }),
  "effect: a binding of port 0": () => effect("bind", { id: "x", internalPort: 0, preferredExternalPort: 1 }),
  "effect: another's action": () => effect("action.run", { packageId: "redis", actionId: "x", input: {} }),
  "effect: a mount of another's volume": () =>
    effect("mount", {
      location: "/tmp/hostile",
      target: { packageId: "redis", volumeId: "data", subpath: null, readonly: false, idmap: [] },
    }),
  "effect: a bind mount out of the container": () =>
    effect("bind-mount", {
      source: `${MEDIA}/volumes/main/../../../../..${SECRET_PATH}`,
      target: "/tmp/hostile",
      recursive: false,
      readonly: false,
      idmap: [],
    }),
  "effect: an unknown method": () => effect("__proto__.polluted", {}),
  "effect: a huge line": () => effect("set-data-version", { version: "9".repeat(20_000_000) }),
  "volume: make what the machine would follow": () => {
    mkdirSync(`${MEDIA}/volumes/main/sub`, { recursive: true });
    symlinkSync("/", `${MEDIA}/subcontainers/root-${process.pid}`);
    throw new Error("made; the test looks whether anybody followed");
  },
};

export function attempts(target: unknown): Attempts {
  const { bridge, other, api } = Object(target);
  return {
    ...files,
    ...devices,
    ...network({ bridge: String(bridge), other: String(other), api: Number(api) }),
    ...effects,
    ...machine,
  };
}
