export { packPackage } from "./pack-package.ts";
export type { Packed, PackOptions } from "./pack-package.ts";
export { parseRecipe } from "./recipe.ts";
export type { ImageRecipe, Recipe, RecipeUser } from "./recipe.ts";
