export { Places } from "./daemon/places.ts";
