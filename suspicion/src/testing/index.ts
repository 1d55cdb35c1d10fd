export * from "./poisonings.ts";
export { randomFrom, shuffled } from "./random.ts";
export { digits, penguins, weather } from "./real-tables.ts";
export { profileOf, type Table } from "./table.ts";
