import { sortedDeep } from "../json.ts";
import { evaluatePath } from "./evaluate-path.ts";
import type { Template } from "./parse-template.ts";

/** Fills a template in; several results of one path stand side by side. */
export function renderTemplate(template: Template, current: unknown, root: unknown = current): string {
  return template
    .map((part) => {
      switch (part.is) {
        case "text":
          return part.text;
        case "path":
          return evaluatePath(part.path, current, root).map(printed).join(" ");
        case "range":
          return evaluatePath(part.path, current, root)
            .flatMap((found) => (Array.isArray(found) ? found : [found]))
            .map((item) => renderTemplate(part.body, item, root))
            .join("");
      }
    })
    .join("");
}

function printed(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(sortedDeep(value));
}
