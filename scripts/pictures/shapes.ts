import { type ContainerName, containers, type QueueName, queues, type ServiceName } from "@ratchet/contracts";
import type { Placed, Size } from "./graph.ts";
import { box, element, palette, small, text, widthOf } from "./svg.ts";
import { inTwo } from "./words.ts";

/** What queues, services and all else look like in a graph. */

/** A box of the graph: how large it is, and how it looks where it is put. */
export interface Shape extends Size {
  draw(at: Placed): string;
}

const containerNames = Object.keys(containers) as readonly ContainerName[];

const line = 16;

/** A queue; with a double rim where it has sessions. */
export function queueShape(queue: QueueName): Shape {
  const words = inTwo(queue);
  const width = Math.max(...words.map((word) => widthOf(word))) + 26;
  const height = 46;
  return {
    width,
    height,
    draw: ({ x, y }) => {
      const rim = { fill: palette.paper, stroke: palette.service };
      const first = y + height / 2 + 4.5 - ((words.length - 1) * line) / 2;
      return [
        box({ x, y, width, height }, { ...rim, rx: height / 2, "stroke-width": 1.5 }),
        queues[queue].requiresSession
          ? box({ x: x + 3.5, y: y + 3.5, width: width - 7, height: height - 7 }, { ...rim, rx: height / 2 - 3.5 })
          : "",
        ...words.map((word, index) => text(x + width / 2, first + index * line, word, { anchor: "middle" })),
      ].join("");
    },
  };
}

/** A service with the containers that it owns and reads. */
export function serviceShape(service: ServiceName): Shape {
  const owned = containerNames.filter((name) => (containers[name].owners as readonly string[]).includes(service));
  const read = containerNames.filter((name) => (containers[name].readers as readonly string[]).includes(service));
  const rows = [
    ...(owned.length > 0 ? [{ words: "owns", head: true }, ...owned.map((words) => ({ words, head: false }))] : []),
    ...(read.length > 0 ? [{ words: "reads", head: true }, ...read.map((words) => ({ words, head: false }))] : []),
  ];
  const names = inTwo(service);
  const width =
    Math.max(
      ...names.map((word) => widthOf(word, { bold: true })),
      ...rows.map(({ words }) => widthOf(words, { size: 12 }) + 6),
    ) + 22;
  const head = names.length * line + 14;
  const height = head + (rows.length === 0 ? 0 : rows.length * line + 12);
  return {
    width,
    height,
    draw: ({ x, y }) =>
      [
        box({ x, y, width, height }, { fill: palette.service }),
        rows.length === 0
          ? ""
          : element("path", {
              d: `M${x + 1} ${y + head}h${width - 2}v${height - head - 8}q0 7 -7 7h${-(width - 16)}q-7 0 -7 -7z`,
              fill: palette.shade,
            }),
        ...names.map((word, index) =>
          text(x + width / 2, y + 20 + index * line, word, { bold: true, anchor: "middle", fill: palette.paper }),
        ),
        ...rows.map(({ words, head: isHead }, index) =>
          text(x + (isHead ? 10 : 16), y + head + 17 + index * line, words, isHead ? small : { size: 12 }),
        ),
      ].join(""),
  };
}

interface CardStyle {
  readonly fill: string;
  readonly stroke: string;
}

/** Anything else, with a title and some lines. */
export function cardShape(title: string, lines: readonly string[], { fill, stroke }: CardStyle): Shape {
  const width = Math.max(widthOf(title, { bold: true }), ...lines.map((words) => widthOf(words, { size: 12 }))) + 22;
  const height = 28 + lines.length * line + (lines.length > 0 ? 4 : 0);
  return {
    width,
    height,
    draw: ({ x, y }) =>
      [
        box({ x, y, width, height }, { fill, stroke }),
        text(x + width / 2, y + 19, title, { bold: true, anchor: "middle" }),
        ...lines.map((words, index) =>
          text(x + width / 2, y + 36 + index * line, words, { ...small, anchor: "middle" }),
        ),
      ].join(""),
  };
}

export const azure = { fill: palette.azure, stroke: palette.azureRim };
export const amber = { fill: palette.eventPaper, stroke: palette.event };
