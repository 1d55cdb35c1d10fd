/** SVG as text. */

export const colours = {
  ink: "#24292f",
  quiet: "#57606a",
  paper: "#ffffff",
  rim: "#cbd5e1",
  batch: "#e08e45",
  before: "#0b6e99",
} as const;

export const rounded = (value: number): number => Math.round(value * 10) / 10;

const escaped = (content: string): string =>
  content.replace(/[&<>"]/gu, (character) => `&#${character.charCodeAt(0)};`);

/** One line of text; `y` is its base line. */
export const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${rounded(x)}" y="${rounded(y)}" ${attributes}>${escaped(content)}</text>`;

export const bar = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<rect x="${rounded(x)}" y="${rounded(y)}" width="${rounded(width)}" height="${height}" rx="2" fill="${fill}"/>`;

/** Words in lines of at most so many characters; a longer word has a line of its own, and a number keeps its sign. */
export function lines(content: string, most: number): readonly string[] {
  const result: string[] = [];
  for (const word of content.replaceAll(" %", "\u00a0%").split(" ")) {
    const last = result.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) result[result.length - 1] = `${last} ${word}`;
    else result.push(word);
  }
  return result;
}
