import { ATOMIC, type TypeView } from "./type-view.ts";

const texts: TypeView = { map: { fields: new Map(), others: ATOMIC } };
const finalizers: TypeView = { list: { keys: [], keyDefaults: new Map(), items: ATOMIC } };
/** An owner is one thing: nobody may change half of it. */
const owners: TypeView = { list: { keys: ["uid"], keyDefaults: new Map(), items: ATOMIC } };

const SCALARS = [
  "name",
  "generateName",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "managedFields",
];

/** ObjectMeta as Kubernetes declares it for server-side apply. */
export const metadataView: TypeView = {
  map: {
    fields: new Map([
      ...SCALARS.map((name) => [name, ATOMIC] as const),
      ["labels", texts],
      ["annotations", texts],
      ["finalizers", finalizers],
      ["ownerReferences", owners],
    ]),
    others: ATOMIC,
  },
};
