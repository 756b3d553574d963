/** RE2 by itself, so that only servers that need patterns load it. */
export { RE2JS } from "re2js";
