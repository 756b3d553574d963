/** A value of parsed JSON with the path it was found at; reading it as something else records what is wrong. */
export class JsonField {
  readonly #value: unknown;
  readonly #path: string;
  readonly #problems: string[];

  constructor(value: unknown, path: string, problems: string[]) {
    this.#value = value;
    this.#path = path;
    this.#problems = problems;
  }

  get isAbsent(): boolean {
    return this.#value === undefined || this.#value === null;
  }

  at(name: string): JsonField {
    const path = this.#path === "" ? name : `${this.#path}.${name}`;
    const own = isObject(this.#value) && Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
    return new JsonField(own, path, this.#problems);
  }

  text(): string {
    return typeof this.#value === "string" ? this.#value : this.#wrong("text", "");
  }

  /** Text that matches; `wanted` says in words what does. */
  matching(pattern: RegExp, wanted: string): string {
    const text = this.text();
    if (typeof this.#value === "string" && !pattern.test(text)) this.#wrong(wanted, "");
    return text;
  }

  flag(fallback: boolean): boolean {
    if (this.isAbsent) return fallback;
    return typeof this.#value === "boolean" ? this.#value : this.#wrong("true or false", fallback);
  }

  count(): number {
    const value = this.#value;
    return typeof value === "number" && Number.isInteger(value) && value >= 0
      ? value
      : this.#wrong("a whole number", 0);
  }

  /** What `read` makes of it, or null when it is absent or null. */
  optional<T>(read: (field: JsonField) => T): T | null {
    return this.isAbsent ? null : read(this);
  }

  list<T>(read: (field: JsonField) => T): readonly T[] {
    if (!Array.isArray(this.#value)) return this.#wrong("a list", []);
    return this.#value.map((item, index) =>
      read(new JsonField(item, `${this.#path}[${index}]`, this.#problems)),
    );
  }

  /** An object with open keys; keys that do not match are recorded. */
  map<T>(key: RegExp, read: (field: JsonField) => T): Readonly<Record<string, T>> {
    if (!isObject(this.#value)) return this.#wrong("an object", {});
    const entries = Object.keys(this.#value).map((name): [string, T] => {
      if (!key.test(name)) this.at(name).#wrong(`a name that matches ${key.source}`, undefined, name);
      return [name, read(this.at(name))];
    });
    return Object.fromEntries(entries);
  }

  localized(): string | Readonly<Record<string, string>> {
    if (typeof this.#value === "string") return this.#value;
    return this.map(/./u, (field) => field.text());
  }

  #wrong<T>(wanted: string, fallback: T, found: unknown = this.#value): T {
    const shown = found === undefined ? "nothing" : (JSON.stringify(found) ?? "nothing").slice(0, 80);
    this.#problems.push(`${this.#path === "" ? "it" : this.#path} is ${shown}, wanted ${wanted}`);
    return fallback;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
