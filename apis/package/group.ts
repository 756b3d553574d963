/** Group and version of the package kinds. */
export const packageGroup = { group: "package.freehold.dev", version: "v1alpha1" } as const;
