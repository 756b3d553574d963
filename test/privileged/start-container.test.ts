import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

const work = mkdtempSync(join(tmpdir(), "start-container-"));
const program = join(work, "start-container");
const root = join(work, "root");
let leader: ChildProcess;

function run(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(program, argv, { encoding: "utf8", env: {} });
  return { status, stdout, stderr };
}
const exec = (...argv: string[]) => run("subcontainer", "exec", ...argv);

async function until(claim: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!claim()) {
    if (Date.now() > deadline) throw new Error("Cannot go on: what was waited for did not happen");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

beforeAll(async () => {
  execFileSync("native/start-container/build.sh", [program]);
  for (const name of ["bin", "etc", "work", "dev"]) mkdirSync(join(root, name), { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "tmpfs", join(root, "work")]);
  execFileSync("cp", ["/usr/bin/busybox", join(root, "bin/busybox")]);
  for (const name of ["sh", "id", "env", "cat", "sleep", "tty", "stty", "pwd"])
    symlinkSync("busybox", join(root, "bin", name));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\nweb:x:33:34::/work:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "web:x:34:\nextra:x:50:root,web\n");
  writeFileSync(join(work, "env"), "FROM_FILE=1\nBOTH=file\nno equals sign\n");
  leader = spawn(program, ["subcontainer", "launch", root], { stdio: "inherit", env: {} });
  await until(() => existsSync(join(root, "proc/1")));
});

afterAll(async () => {
  leader.kill("SIGTERM");
  if (leader.exitCode === null) await once(leader, "exit");
  execFileSync("umount", [join(root, "work")]);
  rmSync(work, { recursive: true });
});

describe("start-container subcontainer exec", () => {
  test("runs as the user with its groups, home, environment and working directory", () => {
    const options = [`--env-file=${join(work, "env")}`, "--user=web", "--workdir=/work", "--env=BOTH=option"];
    const { stdout } = exec(...options, root, "/bin/sh", "-c", "id; pwd; echo $FROM_FILE $BOTH $HOME");
    expect(stdout).toBe("uid=33(web) gid=34(web) groups=50(extra)\n/work\n1 option /work\n");
  });

  test("takes numbers without an account, and a group by name", () => {
    expect(exec("-u", "1234:extra", root, "/bin/id").stdout).toBe("uid=1234 gid=50(extra)\n");
  });

  test("sees the leader as process 1, its own root and nothing of ours", () => {
    const { stdout } = exec(root, "/bin/sh", "-c", "cat /proc/1/comm; echo /*; cat /proc/mounts");
    expect(stdout).toContain("start-container\n/bin /dev /etc /proc /work\n");
    expect(stdout).not.toContain(work);
  });

  test.each([
    ["exit 7", 7],
    ["kill -TERM $$", 0],
    ["kill -KILL $$", 137],
  ])("passes the end of `%s` on as %i", (script, status) => {
    expect(exec(root, "/bin/sh", "-c", script).status).toBe(status);
  });

  test.each([
    [["nosuch"], 127, 'Cannot run "nosuch": No such file or directory'],
    [["/etc/passwd"], 126, 'Cannot run "/etc/passwd": Permission denied'],
  ])("says why %j cannot be run", (argv, status, message) => {
    const found = exec(root, ...argv);
    expect([found.status, found.stderr]).toEqual([status, `start-container: ${message}\n`]);
  });

  test("refuses users and working directories that do not exist", () => {
    expect(exec("--user=nobody", root, "/bin/id").stderr).toContain('Cannot find user "nobody"');
    expect(exec("--workdir=/nowhere", root, "/bin/id").stderr).toContain(
      'Cannot enter working directory "/nowhere"',
    );
  });

  test("does not follow an image's links out of its root", () => {
    const trap = join(work, "trap");
    mkdirSync(join(trap, "etc"), { recursive: true });
    symlinkSync("/etc/passwd", join(trap, "etc/passwd"));
    const found = run("subcontainer", "exec-command", "--user=daemon", trap, "/bin/id");
    expect(found.stderr).toContain('Cannot find user "daemon"');
  });

  test("forwards SIGTERM, and takes its child along when it is killed", async () => {
    const ready = (name: string) => [
      "-c",
      `trap 'echo bye > /work/${name}.end; exit 3' TERM; > /work/${name}; while :; do sleep 0.01; done`,
    ];
    const polite = spawn(program, ["subcontainer", "exec", root, "/bin/sh", ...ready("polite")], { env: {} });
    await until(() => existsSync(join(root, "work/polite")));
    polite.kill("SIGTERM");
    expect(await once(polite, "exit")).toEqual([3, null]);
    const killed = spawn(
      program,
      [
        "subcontainer",
        "exec",
        root,
        "/bin/sh",
        "-c",
        "echo $$ > /work/pid.new; cat /work/pid.new > /work/pid; exec sleep 1000",
      ],
      { env: {} },
    );
    await until(
      () => existsSync(join(root, "work/pid")) && readFileSync(join(root, "work/pid"), "utf8").endsWith("\n"),
    );
    const inside = `/proc/${readFileSync(join(root, "work/pid"), "utf8").trim()}/cmdline`;
    killed.kill("SIGKILL");
    await until(() => !existsSync(join(root, inside)) || readFileSync(join(root, inside), "utf8") === "");
  });

  test("gives a terminal of the wished size", () => {
    execFileSync("mount", ["--rbind", "/dev", join(root, "dev")]);
    try {
      const { stdout, status } = exec(
        "--force-tty",
        "--pty-size",
        "30:100",
        root,
        "/bin/sh",
        "-c",
        "tty >/dev/null && stty size",
      );
      expect([status, stdout]).toEqual([0, "30 100\r\n"]);
    } finally {
      execFileSync("umount", ["-R", "-l", join(root, "dev")]);
    }
  });
});

test("start-container subcontainer launch replaces a former leader and takes /proc off at the end", async () => {
  const other = join(work, "other");
  mkdirSync(other);
  const start = () => spawn(program, ["subcontainer", "launch", other], { env: {} });
  const identity = () =>
    existsSync(join(other, "proc/1")) ? readFileSync(join(other, "proc/1/stat"), "utf8").split(" ")[21] : "";
  const first = start();
  await until(() => identity() !== "");
  const second = start();
  await once(first, "exit");
  await until(() => identity() !== "" && !identity()?.startsWith("undefined"));
  second.kill("SIGTERM");
  expect(await once(second, "exit")).toEqual([0, null]);
  expect(existsSync(join(other, "proc/1"))).toBe(false);
});

test("start-container bind-mount maps ids, and refuses writes when read-only", () => {
  const source = join(work, "source");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "text");
  const mounted = run(
    "bind-mount",
    "--source",
    source,
    "--target",
    join(root, "work/mnt"),
    "--recursive",
    "--readonly",
    "--idmap",
    "0:1000",
    "--idmap=5:6:10",
  );
  expect(mounted).toEqual({ status: 0, stdout: "", stderr: "" });
  const stat = spawnSync("stat", ["-c", "%u:%g", join(root, "work/mnt/file")], { encoding: "utf8" });
  expect(stat.stdout).toBe("1000:1000\n");
  expect(() => writeFileSync(join(root, "work/mnt/other"), "")).toThrow("EROFS");
  const file = run(
    "bind-mount",
    "--source",
    join(source, "file"),
    "--target",
    join(root, "work/one"),
    "--recursive",
    "--file",
  );
  expect([file.status, readFileSync(join(root, "work/one"), "utf8")]).toEqual([0, "text"]);
  execFileSync("umount", [join(root, "work/one")]);
  execFileSync("umount", [join(root, "work/mnt")]);
});

test("start-container called as mount maps ids as packages of SDK 1.x ask, and is busybox otherwise", () => {
  const mount = join(work, "mount");
  symlinkSync("start-container", mount);
  const source = join(work, "old-source");
  const target = join(root, "work/old");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "");
  const call = (...argv: string[]) => spawnSync(mount, argv, { encoding: "utf8", env: {} }).stderr;
  expect(call("--bind", "-oX-mount.idmap=b:0:1000:1 b:5:6:10", source, target)).toBe("");
  expect(statSync(join(target, "file")).uid).toBe(1000);
  execFileSync("umount", [target]);
  expect(call("--rbind", source, target)).toBe("");
  expect(statSync(join(target, "file")).uid).toBe(0);
  execFileSync("umount", [target]);
  expect(call("--bind", "-oX-mount.idmap=u:0:1000:1", source, target)).toContain("wanted b:from:to:range");
});

test("start-container pipe-wrap gives pipes that can be opened by name, and passes the exit code on", () => {
  const script = 'echo out; echo err > /dev/stderr; echo "$STARTOS_ENVIRONMENT"; exit 5';
  expect(run("pipe-wrap", "/bin/sh", "-c", script)).toEqual({
    status: 5,
    stdout: "out\nprod\n",
    stderr: "err\n",
  });
});

test("start-container pipe-wrap lets the program go on when nobody reads its output any more", async () => {
  const done = join(work, "done");
  const script = `i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done; echo > ${done}`;
  const child = spawn(program, ["pipe-wrap", "/bin/sh", "-c", script], {
    env: {},
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout?.destroy();
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(existsSync(done)).toBe(true);
});

describe("start-container <effect>", () => {
  test("calls the host and prints the result or the error", async () => {
    execFileSync("mount", ["-t", "tmpfs", "tmpfs", "/media"]);
    mkdirSync("/media/startos/rpc", { recursive: true });
    const seen: string[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("data", (data) => {
        seen.push(data.toString().trim());
        const failed = data.includes("action.run");
        const reply = failed
          ? { error: { code: 1, message: "x", data: { details: 'no "such" action' } } }
          : { result: { a: ["}", 1] } };
        socket.end(`${JSON.stringify({ jsonrpc: "2.0", id: 0, ...reply })}\n`);
      });
    });
    server.listen("/media/startos/rpc/host.sock");
    await once(server, "listening");
    const call = async (...argv: string[]) => {
      const child = spawn(program, argv, { env: {} });
      let output = "";
      child.stdout.on("data", (data) => (output += data));
      child.stderr.on("data", (data) => (output += data));
      const [code] = await once(child, "close");
      return [code, output];
    };
    expect(await call("get-status", "--package-id", "redis")).toEqual([0, '{"a":["}",1]}\n']);
    const failed = await call("action", "run", "reset", "--input", '{"a":1}');
    expect(failed).toEqual([1, 'start-container: Cannot call "action.run": no "such" action\n']);
    expect(seen).toEqual([
      '{"id":0,"method":"get-status","params":{"packageId":"redis"}}',
      '{"id":0,"method":"action.run","params":{"actionId":"reset","input":{"a":1}}}',
    ]);
    server.close();
    execFileSync("umount", ["/media"]);
  });
});
