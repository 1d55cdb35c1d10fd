import { type ContainerName, containers, services } from "@ratchet/contracts";
import { placedDocuments } from "./documents.ts";
import { box, element, palette, picture, text, widthOf } from "./svg.ts";
import { inTwo } from "./words.ts";

/** Whose state is whose: every container and the documents in it, with who writes and who reads. */

const margin = 24;
const column = 78;
const headHeight = 52;
const containerRow = 30;
const documentRow = 20;

const containerNames = Object.keys(containers) as readonly ContainerName[];

const ownersOf = (name: ContainerName): readonly string[] => containers[name].owners;
const readersOf = (name: ContainerName): readonly string[] => containers[name].readers;

/** Everybody who owns or reads something: who brings it in, the services along the flow, then all others. */
function everybody(): readonly string[] {
  const named = new Set(containerNames.flatMap((name) => [...ownersOf(name), ...readersOf(name)]));
  const inOrder = ["data-producer", "operator", ...services];
  return [...inOrder.filter((who) => named.has(who)), ...[...named].filter((who) => !inOrder.includes(who))];
}

const chips = {
  writes: { fill: palette.service, stroke: palette.service, ink: palette.paper },
  reads: { fill: palette.paper, stroke: palette.azureRim, ink: palette.quiet },
} as const;

function chip(x: number, y: number, does: keyof typeof chips): string {
  const { fill, stroke, ink } = chips[does];
  return [
    box({ x: x - 24, y: y - 9.5, width: 48, height: 19 }, { rx: 9.5, fill, stroke }),
    text(x, y + 4, does, { size: 11, anchor: "middle", fill: ink }),
  ].join("");
}

/** The picture of containers and documents. */
export function statePicture(): string {
  const people = everybody();
  const documentsOf = (name: ContainerName) => placedDocuments.filter(({ container }) => container === name);
  const pathWidth = Math.max(...placedDocuments.map(({ path }) => widthOf(path, { size: 11, mono: true })));
  const nameWidth = Math.max(...placedDocuments.map(({ name }) => widthOf(name, { size: 12 })));
  const label = 14 + nameWidth + 14 + pathWidth + 10;
  const width = label + people.length * column;
  const middleOf = (index: number) => label + index * column + column / 2;

  const heads = people.map((who, index) => {
    const words = inTwo(who);
    const isService = (services as readonly string[]).includes(who);
    return words
      .map((word, row) =>
        text(middleOf(index), headHeight - 14 - (words.length - 1 - row) * 16, word, {
          size: 12,
          bold: isService,
          anchor: "middle",
          fill: isService ? palette.service : palette.quiet,
        }),
      )
      .join("");
  });

  let y = headHeight;
  const rows = containerNames.map((name) => {
    const documents = documentsOf(name);
    const height = containerRow + documents.length * documentRow + (documents.length > 0 ? 6 : 0);
    const top = y;
    y += height + 4;
    return element(
      "g",
      {},
      box({ x: 0, y: top, width, height }, { rx: 6, fill: palette.shade }),
      text(12, top + 20, name, { bold: true }),
      ...people.flatMap((who, index) => {
        if (ownersOf(name).includes(who)) return [chip(middleOf(index), top + containerRow / 2, "writes")];
        return readersOf(name).includes(who) ? [chip(middleOf(index), top + containerRow / 2, "reads")] : [];
      }),
      ...documents.flatMap((document, row) => {
        const line = top + containerRow + row * documentRow + 12;
        return [
          text(14, line, document.name, { size: 12, fill: palette.quiet }),
          text(14 + nameWidth + 14, line, document.path, { size: 11, mono: true, fill: palette.quiet }),
        ];
      }),
    );
  });
  return picture(
    {
      width: width + 2 * margin,
      height: y + 2 * margin - 24,
      title: "Containers and documents, who writes and who reads them",
      description:
        "Made from contracts/src/topology.ts and the kinds of documents in contracts/src/documents.ts: each container has owners, who alone write, and readers.",
    },
    [element("g", { transform: `translate(${margin} 12)` }, "\n", [...heads, ...rows].join("\n"), "\n")],
  );
}
