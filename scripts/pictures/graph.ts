import { instance } from "@viz-js/viz";

/** Where Graphviz puts boxes of given sizes, and how it leads the lines between them. Pixels, y down. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** `straight` where it can be; `back` and `over` run against the flow, the latter above all that is in between. */
  readonly runs?: "straight" | "back" | "over";
}

export interface Placed extends Size {
  /** Left and upper edge. */
  readonly x: number;
  readonly y: number;
}

export interface Layout extends Size {
  readonly boxes: ReadonlyMap<string, Placed>;
  /** The path of each edge, in the order given. */
  readonly lines: readonly string[];
}

/** Graphviz's JSON, as far as it is read here. */
interface Drawn {
  /** `0,0,width,height` */
  readonly bb: string;
  readonly objects: readonly { readonly name: string; readonly pos: string }[];
  readonly edges?: readonly { readonly id: string; readonly pos: string }[];
}

const inch = 72;

const ways: Readonly<Record<"straight" | "back" | "free", Readonly<Record<string, number | boolean>>>> = {
  straight: { weight: 100 },
  back: { constraint: false },
  free: { weight: 2 },
};

const numbers = (words: string): readonly number[] => words.split(",").map(Number);

/** `e,x,y x,y …`: where the arrow ends, and the points of a chain of cubic curves. */
function pathOf(pos: string, point: (xy: string) => string): string {
  const words = pos.split(" ");
  const end = words.find((word) => word.startsWith("e,"))?.slice(2);
  const [first = "", ...rest] = words.filter((word) => !/^[es],/.test(word)).map(point);
  return `M${first}C${rest.join(" ")}${end === undefined ? "" : `L${point(end)}`}`;
}

/** The height that one line above all boxes takes. */
const lane = 20;

/** From the top of one box to the top of another, above all that stands between them. */
function pathAbove({ from, to }: Edge, boxes: ReadonlyMap<string, Placed>, index: number): string {
  const [start, end] = [boxes.get(from), boxes.get(to)];
  if (!start || !end) return "";
  const [right, left] = [start.x + start.width / 2, end.x + end.width / 2];
  const between = [...boxes.values()].filter(({ x, width }) => x < right && left < x + width);
  const y = Math.min(...between.map((box) => box.y)) - 12 - index * lane;
  return `M${right} ${start.y}V${y + 8}q0 -8 -8 -8H${left + 8}q-8 0 -8 8V${end.y}`;
}

/** Lays a graph out from left to right. The same graph is laid out alike everywhere: Graphviz is WebAssembly here. */
export async function layOut(
  sizes: ReadonlyMap<string, Size>,
  edges: readonly Edge[],
  { between = 18, ranks = 30 }: { readonly between?: number; readonly ranks?: number } = {},
): Promise<Layout> {
  const viz = await instance();
  const drawn = viz.renderJSON({
    directed: true,
    graphAttributes: { rankdir: "LR", nodesep: between / inch, ranksep: ranks / inch, splines: "spline" },
    nodeAttributes: { shape: "box", fixedsize: true, label: "" },
    edgeAttributes: { arrowsize: 0.5 },
    nodes: [...sizes].map(([name, { width, height }]) => ({
      name,
      attributes: { width: width / inch, height: height / inch },
    })),
    edges: edges.flatMap(({ from, to, runs }, index) =>
      runs === "over" ? [] : [{ tail: from, head: to, attributes: { id: String(index), ...ways[runs ?? "free"] } }],
    ),
  }) as Drawn;
  const [, , width = 0, graphHeight = 0] = numbers(drawn.bb);
  const over = edges.filter(({ runs }) => runs === "over");
  const height = graphHeight + over.length * lane;
  const boxes = new Map(
    drawn.objects.map(({ name, pos }) => {
      const [x = 0, y = 0] = numbers(pos);
      const size = sizes.get(name) ?? { width: 0, height: 0 };
      return [name, { ...size, x: x - size.width / 2, y: height - y - size.height / 2 }] as const;
    }),
  );
  const point = (xy: string): string => {
    const [x = 0, y = 0] = numbers(xy);
    return `${Math.round(x * 10) / 10},${Math.round((height - y) * 10) / 10}`;
  };
  const paths = new Map((drawn.edges ?? []).map(({ id, pos }) => [id, pathOf(pos, point)]));
  const line = (edge: Edge, index: number): string =>
    edge.runs === "over" ? pathAbove(edge, boxes, over.indexOf(edge)) : (paths.get(String(index)) ?? "");
  return { width, height, boxes, lines: edges.map(line) };
}

/** How far down a second layout has to be at the left edge so that its boxes are clear of the first one's. */
export function below(first: Layout, second: Layout, gap: number): number {
  const meets = (a: Placed, b: Placed): boolean =>
    a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height + gap && b.y < a.y + a.height + gap;
  const free = (down: number): boolean =>
    [...second.boxes.values()].every((box) =>
      [...first.boxes.values()].every((other) => !meets({ ...box, y: box.y + down }, other)),
    );
  let down = 0;
  while (!free(down)) down += 2;
  return down;
}
