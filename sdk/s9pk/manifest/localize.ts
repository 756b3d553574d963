import type { LocaleString } from "./manifest.ts";

/** The text for a locale such as `de_DE`: exact, else same language, else the first; "" when there is none. */
export function localize(text: LocaleString, locale: string): string {
  if (typeof text === "string") return text;
  const language = `${locale.split("_")[0]}_`;
  const keys = Object.keys(text);
  const key =
    keys.find((name) => name === locale) ?? keys.find((name) => name.startsWith(language)) ?? keys[0];
  return key === undefined ? "" : (text[key] ?? "");
}
