import { fitToView } from "./fit-to-view.ts";
import type { Managers } from "./managers.ts";
import { sortFields } from "./read-fields.ts";
import type { Versions } from "./versions.ts";

/** Every manager's fields as its version's schema is now. */
export function fitManagers(managers: Managers, versions: Versions): Managers {
  return managers.map((manager) => {
    const view = versions.viewOf(manager.apiVersion);
    const fields = view ? fitToView(view, manager.fields) : manager.fields;
    return fields === manager.fields ? manager : { ...manager, fields: sortFields(fields) };
  });
}
