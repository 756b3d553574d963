/** What every kind can do. */
export const VERBS = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "update",
  "watch",
] as const;
export const STATUS_VERBS = ["get", "patch", "update"] as const;
