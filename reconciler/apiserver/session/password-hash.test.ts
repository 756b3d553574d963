import { describe, expect, it } from "vitest";

import { hashPassword, isPassword } from "./password-hash.ts";

describe("isPassword()", () => {
  it("knows the password again, and no other", async () => {
    const hash = await hashPassword("correct horse battery");
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await isPassword("correct horse battery", hash)).toBe(true);
    expect(await isPassword("correct horse batterz", hash)).toBe(false);
    expect(await hashPassword("correct horse battery")).not.toBe(hash);
  });

  it("takes the same letters for the same, however they were typed", async () => {
    const hash = await hashPassword("caf\u00e9 au lait");
    expect(await isPassword("cafe\u0301 au lait", hash)).toBe(true);
  });

  it("checks what the reference program has hashed", async () => {
    // The test vector of the reference implementation (phc-winner-argon2, src/test.c): version 0x13, salt "somesalt".
    const found = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    await expect(isPassword("password", "$2b$10$nothing")).rejects.toThrow("no Argon2id hash");
    expect(await isPassword("password", found)).toBe(true);
  });
});
