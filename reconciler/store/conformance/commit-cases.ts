import { expect } from "vitest";

import { bytes, type Fixture, put, remove, text } from "./fixture.ts";

export function commitCases({ check }: Pick<Fixture, "check">): void {
  check("commit() moves the revision by one for a transaction, however many keys", async (given) => {
    const { backend, prefix } = given;
    const before = await backend.revision();
    expect(await backend.commit([], [put(`${prefix}a`, "1")])).toBe(before + 1);
    const many = [put(`${prefix}b`, "1"), put(`${prefix}c`, "1"), remove(`${prefix}a`)];
    expect(await backend.commit([], many)).toBe(before + 2);
    expect(await backend.revision()).toBe(before + 2);
  });

  check(
    "commit() makes no revision when it only deletes what does not exist",
    async ({ backend, prefix }) => {
      const before = await backend.commit([], [put(`${prefix}a`, "1")]);
      expect(await backend.commit([], [remove(`${prefix}x`), remove(`${prefix}y`)])).toBe(before);
      expect(await backend.commit([], [])).toBe(before);
      expect(await backend.revision()).toBe(before);
    },
  );

  check("commit() writes only when the key is at the compared revision", async ({ backend, prefix }) => {
    const key = `${prefix}a`;
    const created = await backend.commit([{ key, modRevision: 0 }], [put(key, "1")]);
    const changed = await backend.commit([{ key, modRevision: created }], [put(key, "2")]);
    await expect(
      backend.commit([{ key, modRevision: created }], [put(key, "3"), put(`${prefix}b`, "3")]),
    ).rejects.toMatchObject({ code: "Conflict", revision: changed });
    await expect(backend.commit([{ key, modRevision: 0 }], [put(key, "3")])).rejects.toMatchObject({
      code: "Conflict",
    });
    expect(text(await backend.get(key))).toBe("2");
    expect(await backend.get(`${prefix}b`)).toBeUndefined();
    expect(await backend.revision()).toBe(changed);
  });

  check("commit() compares keys it does not write, and missing ones", async ({ backend, prefix }) => {
    const guard = `${prefix}guard`;
    const at = await backend.commit([], [put(guard, "g")]);
    const compares = [
      { key: guard, modRevision: at },
      { key: `${prefix}missing`, modRevision: 0 },
    ];
    expect(await backend.commit(compares, [put(`${prefix}a`, "1")])).toBe(at + 1);
    await backend.commit([], [remove(guard)]);
    await expect(backend.commit(compares, [put(`${prefix}a`, "2")])).rejects.toMatchObject({
      code: "Conflict",
      revision: 0,
    });
  });

  check("commit() refuses a key written twice, an empty one, and half a character", async (given) => {
    const { backend, prefix } = given;
    const before = await backend.revision();
    const key = `${prefix}a`;
    await expect(backend.commit([], [put(key, "1"), put(key, "2")])).rejects.toThrow("written twice");
    await expect(backend.commit([], [put(key, "1"), remove(key)])).rejects.toThrow("written twice");
    await expect(backend.commit([], [put("", "1")])).rejects.toThrow("empty");
    await expect(backend.commit([], [put(`${prefix}\ud800`, "1")])).rejects.toThrow("Unicode");
    expect(await backend.revision()).toBe(before);
  });

  check("commit() counts versions and begins anew when a key is made again", async ({ backend, prefix }) => {
    const key = `${prefix}a`;
    const first = await backend.commit([], [put(key, "1")]);
    const second = await backend.commit([], [put(key, "2")]);
    expect(await backend.get(key)).toMatchObject({ createRevision: first, modRevision: second, version: 2 });
    await backend.commit([], [remove(key)]);
    expect(await backend.get(key)).toBeUndefined();
    const again = await backend.commit([{ key, modRevision: 0 }], [put(key, "3")]);
    expect(await backend.get(key)).toMatchObject({ createRevision: again, modRevision: again, version: 1 });
  });

  check("commit() keeps values as they are: all bytes, none, and many", async ({ backend, prefix }) => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const large = new Uint8Array(1_000_000).fill(7);
    const values = { all, empty: bytes(""), zero: Uint8Array.of(0), large };
    for (const [name, value] of Object.entries(values)) {
      await backend.commit([], [{ type: "put", key: prefix + name, value }]);
      const found = await backend.get(prefix + name);
      expect(found && Buffer.compare(found.value, value)).toBe(0);
    }
  });

  check("get() reads what was just acknowledged", async ({ backend, prefix }) => {
    for (let i = 0; i < 20; i += 1) {
      await backend.commit([], [put(`${prefix}a`, String(i))]);
      expect(text(await backend.get(`${prefix}a`))).toBe(String(i));
    }
  });
}
