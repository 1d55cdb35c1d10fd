import type { RowReader, VerdictDetails } from "@ratchet/contracts";
import { detailsOf } from "@ratchet/gate";
import type { ScoredModels } from "./score-models.ts";

/** Of a row's columns so many are told. */
const mostColumns = 8;

/** What a person looks at beside the numbers that decide, in the words of the schema. */
export function detailsOfScored(
  { challenger, champion, worst }: Pick<ScoredModels, "challenger" | "champion" | "worst">,
  { classes, columns, label }: Pick<RowReader, "classes" | "columns" | "label">,
): VerdictDetails {
  const scores = champion && "scores" in champion ? champion.scores : undefined;
  const named = (value: number): string =>
    classes ? (classes[value] ?? `class ${value}`) : String(Number(value.toPrecision(6)));
  const told = columns.map(({ name }, place) => ({ name, place })).filter(({ name }) => name !== label.name);
  return {
    ...detailsOf(challenger, scores, classes ?? []),
    worst: worst.map(({ row, texts, loss, ...said }) => ({
      row,
      values: Object.fromEntries(
        told.flatMap(({ name, place }) => (texts[place] ? [[name, texts[place]] as const] : [])).slice(0, mostColumns),
      ),
      label: named(said.label),
      challenger: named(said.challenger),
      champion: said.champion === undefined ? null : named(said.champion),
      loss,
    })),
  };
}
