import { type Html, html } from "../html.ts";
import { count } from "../numbers.ts";

const cell = 30;

const shortened = (name: string): string => (name.length > 11 ? `${name.slice(0, 10)}…` : name);

/** Room for the names. */
const edgeOf = (names: readonly string[]): number => 18 + 6 * Math.max(...names.map((name) => shortened(name).length));

const inThousands = (number: number): string => (number > 9999 ? `${Math.round(number / 1000)}k` : String(number));

interface Cell {
  readonly actual: string;
  readonly said: string;
  readonly place: readonly [down: number, across: number];
  readonly number: number;
  /** Of the rows that are of the class. */
  readonly share: number;
}

function draw(edge: number, { actual, said, place: [down, across], number, share }: Cell): Html {
  const [x, y] = [edge + across * cell, edge + down * cell];
  const opacity = number === 0 ? "0.04" : (0.12 + 0.88 * share).toFixed(3);
  const text = html`<text class="${share > 0.5 ? "on-dark" : "on-light"}" x="${x + cell / 2 - 1}" y="${y + cell / 2 + 3}">${inThousands(number)}</text>`;
  return html`<g><title>${count(number)} of class ${actual} said to be ${said}</title><rect class="${down === across ? "right" : "wrong"}" x="${x}" y="${y}" width="${cell - 2}" height="${cell - 2}" rx="3" fill-opacity="${opacity}"/>${number === 0 ? undefined : text}</g>`;
}

/** Rows by what they are, down, and by what they are said to be, across; the darker, the larger the share of what they are. */
export function confusionMatrix(names: readonly string[], matrix: readonly (readonly number[])[], title: string): Html {
  const edge = edgeOf(names);
  const size = edge + cell * names.length + 4;
  const cells = matrix.flatMap((counts, down) => {
    const rows = counts.reduce((sum, one) => sum + one, 0);
    return counts.map((number, across) =>
      draw(edge, {
        ...{ actual: names[down] ?? "", said: names[across] ?? "", place: [down, across], number },
        share: rows === 0 ? 0 : number / rows,
      }),
    );
  });
  const down = names.map(
    (name, index) =>
      html`<text class="name" x="${edge - 6}" y="${edge + index * cell + cell / 2 + 3}">${shortened(name)}</text>`,
  );
  const across = names.map((name, index) => {
    const x = edge + index * cell + cell / 2;
    return html`<text class="across" transform="translate(${x} ${edge - 6}) rotate(-60)">${shortened(name)}</text>`;
  });
  return html`<figure><figcaption>${title}</figcaption><svg class="confusion" viewBox="0 0 ${size} ${size}" width="${size}" height="${size}" role="img" aria-label="${title}: rows by what they are, and by what they are said to be">${cells}${down}${across}</svg></figure>`;
}
