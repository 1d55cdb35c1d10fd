/** SVG as text: elements, the one style of all pictures, and how wide words are. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** To a tenth of a pixel: what a picture says does not hang on the last bits of a number. */
const said = (value: string | number): string =>
  typeof value === "number" ? String(Math.round(value * 10) / 10) : escaped(value);

/** An element with its attributes and what is in it, which is SVG already. */
export function element(name: string, attributes: Attributes, ...inside: readonly string[]): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${said(value ?? "")}"`)
    .join("");
  return inside.length === 0 ? `<${name}${list}/>` : `<${name}${list}>${inside.join("")}</${name}>`;
}

export interface TextStyle {
  /** In pixels. */
  readonly size?: number;
  readonly bold?: boolean;
  readonly mono?: boolean;
  readonly anchor?: "start" | "middle" | "end";
  readonly fill?: string;
}

export const palette = {
  ink: "#0f172a",
  quiet: "#475569",
  paper: "#ffffff",
  rim: "#cbd5e1",
  shade: "#f1f5f9",
  service: "#0f4c81",
  azure: "#e2e8f0",
  azureRim: "#94a3b8",
  event: "#b45309",
  eventPaper: "#fef3c7",
  failure: "#b91c1c",
  failurePaper: "#fee2e2",
  done: "#15803d",
  donePaper: "#dcfce7",
} as const;

/** The style of what is said beside a name. */
export const small = { size: 12, fill: palette.quiet } as const;

/** One line of text; `y` is its base line. */
export const text = (
  x: number,
  y: number,
  words: string,
  { size = 13, bold = false, mono = false, anchor = "start", fill = palette.ink }: TextStyle = {},
): string =>
  element(
    "text",
    {
      x,
      y,
      "font-size": size === 13 ? undefined : size,
      "font-weight": bold ? 600 : undefined,
      "font-family": mono ? "ui-monospace, monospace" : undefined,
      "text-anchor": anchor === "start" ? undefined : anchor,
      fill: fill === palette.ink ? undefined : fill,
    },
    escaped(words),
  );

const widths: readonly (readonly [RegExp, number])[] = [
  [/[ijl.,:;'|!]/, 0.34],
  [/[ftr()\-/ ]/, 0.42],
  [/[mwMW@…→]/, 0.96],
  [/[A-Z]/, 0.72],
];

/**
 * How wide a line is at most, in pixels: estimated for a wide sans-serif face, since whoever looks has fonts of their own.
 */
export function widthOf(words: string, { size = 13, bold = false, mono = false }: TextStyle = {}): number {
  const em = [...words].reduce(
    (sum, letter) => sum + (mono ? 0.61 : (widths.find(([pattern]) => pattern.test(letter))?.[1] ?? 0.62)),
    0,
  );
  return em * size * (bold ? 1.1 : 1);
}

/** A box with round corners. */
export const box = (
  at: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  style: Attributes & { readonly rx?: number },
): string => element("rect", { ...at, rx: 8, ...style });

export type LineKind = "message" | "event" | "failure";

const colours: Readonly<Record<LineKind, string>> = {
  message: palette.quiet,
  event: palette.event,
  failure: palette.failure,
};

/** A line with an arrow at its end. */
export const arrow = (path: string, kind: LineKind = "message"): string =>
  element("path", {
    d: path,
    fill: "none",
    stroke: colours[kind],
    "stroke-width": 1.5,
    "stroke-dasharray": kind === "event" ? "5 4" : undefined,
    "marker-end": `url(#${kind})`,
  });

const heads = Object.entries(colours).map(([kind, fill]) =>
  element(
    "marker",
    { id: kind, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto" },
    element("path", { d: "M0 0 10 5 0 10z", fill }),
  ),
);

/** A whole picture, on paper of its own so that it can be read on any background. */
export function picture(
  {
    width,
    height,
    title,
    description,
  }: Readonly<Record<"width" | "height", number>> & Readonly<Record<"title" | "description", string>>,
  parts: readonly string[],
): string {
  const [across, down] = [Math.ceil(width), Math.ceil(height)];
  const lines = [
    element("title", {}, escaped(title)),
    element("desc", {}, escaped(description)),
    element("defs", {}, ...heads),
    box({ x: 0.5, y: 0.5, width: across - 1, height: down - 1 }, { rx: 12, fill: palette.paper, stroke: palette.rim }),
    ...parts,
  ];
  const root = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${across} ${down}`,
    width: across,
    height: down,
    role: "img",
    "font-family": "system-ui, sans-serif",
    "font-size": 13,
    fill: palette.ink,
  };
  return `${element("svg", root, `\n${lines.join("\n")}\n`)}\n`;
}
