import { expect } from "vitest";

import type { Backend } from "../backend.ts";
import { type Fixture, put, remove, text } from "./fixture.ts";

/** Each begins with a character that orders differently by bytes and by UTF-16, or means something to somebody's parser. */
const ODD_NAMES = [
  "\0",
  "\n",
  " ",
  "%",
  "'",
  "*",
  "\\",
  "~",
  "\u007f",
  "\u0080",
  "\u07ff",
  "\uffff",
  "\u{10000}",
  "\u{10ffff}",
];

async function fill(backend: Backend, prefix: string, names: readonly string[]): Promise<number> {
  let revision = 0;
  for (const name of names) revision = await backend.commit([], [put(prefix + name, name)]);
  return revision;
}

export function rangeCases({ check }: Pick<Fixture, "check">): void {
  check("range() gives entries in order of their keys' bytes, odd ones too", async ({ backend, prefix }) => {
    await fill(backend, prefix, ODD_NAMES.toReversed());
    const { entries, count, more } = await backend.range(prefix);
    expect(entries.map(({ key }) => key.slice(prefix.length))).toEqual(ODD_NAMES);
    expect(entries.map(text)).toEqual(ODD_NAMES);
    expect({ count, more }).toEqual({ count: ODD_NAMES.length, more: false });
    for (const name of ODD_NAMES) expect((await backend.get(prefix + name))?.key).toBe(prefix + name);
  });

  check("range() ends exactly where the prefix ends", async ({ backend, prefix }) => {
    await fill(backend, prefix, ["a", "a/", "a/b", "a/b/c", "a0", "b", "\uffff", "\uffffz", "\u{10ffff}z"]);
    const below = async (name: string): Promise<string[]> =>
      (await backend.range(prefix + name)).entries.map(({ key }) => key.slice(prefix.length));
    expect(await below("a/")).toEqual(["a/", "a/b", "a/b/c"]);
    expect(await below("a")).toEqual(["a", "a/", "a/b", "a/b/c", "a0"]);
    expect(await below("\uffff")).toEqual(["\uffff", "\uffffz"]);
    expect(await below("\u{10ffff}")).toEqual(["\u{10ffff}z"]);
    expect(await below("c")).toEqual([]);
  });

  check("range() of the empty prefix is everything", async ({ backend, prefix }) => {
    await fill(backend, prefix, ["a", "b"]);
    const { entries } = await backend.range("");
    const ours = entries.filter(({ key }) => key.startsWith(prefix));
    expect(ours.map(text)).toEqual(["a", "b"]);
  });

  check("range() gives pages with limit and from, and counts what is left", async ({ backend, prefix }) => {
    await fill(backend, prefix, ["a", "b", "c", "d", "e"]);
    const first = await backend.range(prefix, { limit: 2 });
    expect(first.entries.map(text)).toEqual(["a", "b"]);
    expect(first).toMatchObject({ more: true, count: 5 });
    const second = await backend.range(prefix, { limit: 2, from: `${prefix}b\0` });
    expect(second.entries.map(text)).toEqual(["c", "d"]);
    expect(second).toMatchObject({ more: true, count: 3 });
    const last = await backend.range(prefix, { limit: 2, from: `${prefix}d\0` });
    expect(last.entries.map(text)).toEqual(["e"]);
    expect(last).toMatchObject({ more: false, count: 1 });
    expect(await backend.range(prefix, { limit: 0 })).toMatchObject({ entries: [], more: true, count: 5 });
    await expect(backend.range(prefix, { from: "/elsewhere" })).rejects.toThrow("does not begin");
  });

  check("range() at a revision shows the store as it was", async ({ backend, prefix }) => {
    const one = await backend.commit([], [put(`${prefix}a`, "1"), put(`${prefix}b`, "1")]);
    const two = await backend.commit([], [put(`${prefix}a`, "2"), remove(`${prefix}b`)]);
    const three = await backend.commit([], [put(`${prefix}b`, "3")]);
    const at = async (revision: number): Promise<string[]> =>
      (await backend.range(prefix, { at: revision })).entries.map((entry) => text(entry) ?? "");
    expect(await at(one)).toEqual(["1", "1"]);
    expect(await at(two)).toEqual(["2"]);
    expect(await at(three)).toEqual(["2", "3"]);
    expect(await at(one - 1)).toEqual([]);
  });

  check("range() answers with the store's revision, not the greatest of the entries", async (given) => {
    const { backend, prefix } = given;
    await backend.commit([], [put(`${prefix}in/a`, "1")]);
    const newest = await backend.commit([], [put(`${prefix}out`, "1")]);
    expect((await backend.range(`${prefix}in/`)).revision).toBe(newest);
    expect((await backend.range(`${prefix}none/`)).revision).toBe(newest);
    expect((await backend.range(`${prefix}in/`, { at: newest - 1 })).revision).toBe(newest);
  });

  check("range() refuses a revision that is not there yet", async ({ backend, prefix }) => {
    const newest = await backend.revision();
    await expect(backend.range(prefix, { at: newest + 1 })).rejects.toMatchObject({ code: "FutureRevision" });
  });

  check("range() gives more than four megabytes at once", async ({ backend, prefix }) => {
    const value = new Uint8Array(900_000).fill(1);
    for (const name of ["a", "b", "c", "d", "e", "f"]) {
      await backend.commit([], [{ type: "put", key: prefix + name, value }]);
    }
    const { entries } = await backend.range(prefix);
    expect(entries.map((entry) => entry.value.length)).toEqual(Array(6).fill(900_000));
  });
}
