import { expect, test } from "vitest";

import { parseRecipe } from "./recipe.ts";

test("parseRecipe() fills in what is not said", () => {
  const { images } = parseRecipe('{"images":{"main":{"suite":"bookworm","packages":["redis-server"]}}}');
  expect(images["main"]).toEqual({
    suite: "bookworm",
    packages: ["redis-server"],
    npm: [],
    keep: [],
    directories: [],
    files: {},
    links: {},
    users: [],
    env: {},
    user: "root",
    workdir: "/",
  });
});

test.each([
  ["../etc/passwd", "climbs"],
  ["/etc/passwd", "is absolute"],
  ["a/../../b", "climbs further in"],
])("parseRecipe() refuses the path %s, which %s", (path) => {
  const image = { suite: "bookworm", packages: [], keep: [path], files: { [path]: "" } };
  expect(() => parseRecipe(JSON.stringify({ images: { main: image } }))).toThrow(
    /images\.main\.keep\[0\] is .*wanted a path below the root.*images\.main\.files/u,
  );
});

test("parseRecipe() names fields that are wrong, and refuses package names that would be options", () => {
  const image = { suite: "--hook", packages: ["-oDebug"], users: [{ name: "Root", id: -1 }] };
  expect(() => parseRecipe(JSON.stringify({ images: { main: image } }))).toThrow(
    'Cannot use "recipe.json": images.main.suite is "--hook", wanted a Debian release such as bookworm; ' +
      'images.main.packages[0] is "-oDebug", wanted a Debian package; ' +
      'images.main.users[0].name is "Root", wanted a user name; images.main.users[0].id is -1, wanted a whole number',
  );
  expect(() => parseRecipe("images:")).toThrow("it is not JSON");
});
