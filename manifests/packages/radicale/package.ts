import { randomBytes } from "node:crypto";
import { chown, readFile, writeFile } from "node:fs/promises";

import { definePackage, webUrl } from "@freehold/sdk";

const port = 5232;
const radicaleUser = 101;
const data = "/media/startos/volumes/data";

export const { manifest, init, uninit, main, actions, createBackup } = definePackage({
  manifest: {
    id: "radicale",
    version: "3.1.8:0",
    title: "Radicale",
    license: "GPL-3.0-or-later",
    description: {
      short: "Calendars and contacts",
      long: "A small CalDAV and CardDAV server: keeps calendars, to-do lists and contacts, and shares them between devices.",
    },
    releaseNotes: "First package.",
    upstreamRepo: "https://github.com/Kozea/Radicale",
    marketingUrl: "https://radicale.org",
    volumes: ["data"],
    images: { main: { arch: ["x86_64", "aarch64"] } },
  },
  interfaces: [
    { id: "ui", name: "Calendars", description: "Web page and CalDAV", type: "ui", port, protocol: "http" },
  ],
  actions: [
    {
      id: "credentials",
      metadata: {
        name: "Show the password",
        description: "User name and password for the web page and for calendar apps.",
        warning: null,
        visibility: "enabled",
        allowedStatuses: "any",
        group: null,
      },
      run: async () => ({
        version: "1",
        title: "Sign in as admin",
        message: "Use this for the web page and in calendar apps.",
        result: { type: "single", value: await password(), copyable: true, qr: false, masked: true },
      }),
    },
  ],
  install: async () => {
    await writeFile(`${data}/users`, `admin:${randomBytes(12).toString("base64url")}\n`, { mode: 0o600 });
  },
  main: async () => {
    for (const path of [data, `${data}/users`]) await chown(path, radicaleUser, radicaleUser);
    return [
      {
        kind: "daemon",
        id: "primary",
        display: "Web page",
        program: {
          image: "main",
          command: [
            "python3",
            "/usr/bin/radicale",
            "--server-hosts",
            `0.0.0.0:${port}`,
            "--storage-filesystem-folder",
            "/data/collections",
            "--auth-type",
            "htpasswd",
            "--auth-htpasswd-filename",
            "/data/users",
            "--auth-htpasswd-encryption",
            "plain",
          ],
          mounts: [{ volume: "data", at: "/data" }],
        },
        ready: webUrl(`http://127.0.0.1:${port}/`),
      },
    ];
  },
});

async function password(): Promise<string> {
  const [, found = ""] = (await readFile(`${data}/users`, "utf8")).trim().split(":");
  return found;
}
