import { ArchiveError } from "../archive-error.ts";
import { JsonField } from "../manifest/json-field.ts";

/** A user of an image. */
export interface RecipeUser {
  readonly name: string;
  /** Also its group's. */
  readonly id: number;
  readonly home: string;
}

/** How one image is made of Debian and npm packages. */
export interface ImageRecipe {
  /** Debian release, `bookworm`. */
  readonly suite: string;
  readonly packages: readonly string[];
  /** `name@version` of npm packages, installed with what they depend on below /usr/lib/app/node_modules. */
  readonly npm: readonly string[];
  /** Paths or directories to keep; the shared libraries they need are kept too. Everything when empty. */
  readonly keep: readonly string[];
  /** Directories made empty. */
  readonly directories: readonly string[];
  /** Path → text. */
  readonly files: Readonly<Record<string, string>>;
  /** Path → what it links to. */
  readonly links: Readonly<Record<string, string>>;
  readonly users: readonly RecipeUser[];
  readonly env: Readonly<Record<string, string>>;
  /** User programs run as. */
  readonly user: string;
  readonly workdir: string;
}

/** `recipe.json` of a package directory. */
export interface Recipe {
  readonly images: Readonly<Record<string, ImageRecipe>>;
}

const id = /^[a-z0-9]+(-[a-z0-9]+)*$/u;
// Relative, and never upwards: recipes come with packages, and packing runs as root.
const path = /^(?!.*(^|\/)\.\.?(\/|$))[^/\0][^\0]*$/u;
// Exact versions only: a range would give another image tomorrow.
const npmPackage = /^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*@\d+\.\d+\.\d+(-[\w.]+)?$/u;
const pathWords = "a path below the root, without a leading slash";

/** Code `bad-recipe` names every field that is wrong. */
export function parseRecipe(json: string): Recipe {
  const problems: string[] = [];
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new ArchiveError("bad-recipe", "recipe.json", 'Cannot use "recipe.json": it is not JSON', {
      cause,
    });
  }
  const images = new JsonField(value, "", problems).at("images").map(id, imageOf);
  if (problems.length === 0) return { images };
  throw new ArchiveError("bad-recipe", "recipe.json", `Cannot use "recipe.json": ${problems.join("; ")}`);
}

function imageOf(field: JsonField): ImageRecipe {
  const paths = (name: string) =>
    field.at(name).optional((list) => list.list((item) => item.matching(path, pathWords))) ?? [];
  const texts = (name: string, key: RegExp) =>
    field.at(name).optional((map) => map.map(key, (item) => item.text())) ?? {};
  return {
    suite: field.at("suite").matching(/^[a-z]+$/u, "a Debian release such as bookworm"),
    packages: field
      .at("packages")
      .list((item) => item.matching(/^[a-z0-9][a-z0-9.+-]+$/u, "a Debian package")),
    npm:
      field.at("npm").optional((list) => list.list((item) => item.matching(npmPackage, "name@1.2.3"))) ?? [],
    keep: paths("keep"),
    directories: paths("directories"),
    files: texts("files", path),
    links: texts("links", path),
    users: field.at("users").optional((list) => list.list(userOf)) ?? [],
    env: texts("env", /^[A-Za-z_]\w*$/u),
    user: field.at("user").optional((item) => item.text()) ?? "root",
    workdir: field.at("workdir").optional((item) => item.text()) ?? "/",
  };
}

function userOf(field: JsonField): RecipeUser {
  return {
    name: field.at("name").matching(/^[a-z_][a-z0-9_-]*$/u, "a user name"),
    id: field.at("id").count(),
    home: field.at("home").optional((item) => item.text()) ?? "/",
  };
}
