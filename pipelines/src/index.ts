export { madeOf } from "./made-of.ts";
