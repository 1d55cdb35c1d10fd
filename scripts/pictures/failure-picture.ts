import { type QueueName, type QueueTopology, queues } from "@ratchet/contracts";
import { arrow, box, type LineKind, palette, picture, small, text } from "./svg.ts";
import { delaysInWords, inWords } from "./words.ts";

/** A message's way through failure, with the numbers of its queue. The steps are those of `messaging/src/receive.ts`. */

interface Step {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly title: string;
  readonly lines?: readonly string[];
  readonly look: keyof typeof looks;
}

const looks = {
  queue: { fill: palette.paper, stroke: palette.service, "stroke-width": 1.5, rx: 24 },
  service: { fill: palette.service, stroke: palette.service },
  plain: { fill: palette.shade, stroke: palette.rim },
  event: { fill: palette.eventPaper, stroke: palette.event },
  failure: { fill: palette.failurePaper, stroke: palette.failure },
  done: { fill: palette.donePaper, stroke: palette.done },
} as const;

const heightOf = ({ lines = [] }: Pick<Step, "lines">): number => 48 + Math.max(0, lines.length - 1) * 16;

function draw(step: Step): string {
  const { x, y, width, title, lines = [], look } = step;
  const height = heightOf(step);
  const onDark = look === "service" ? { fill: palette.paper } : {};
  const first = lines.length === 0 ? y + height / 2 + 4.5 : y + 20;
  return [
    box({ x, y, width, height }, looks[look]),
    text(x + width / 2, first, title, { bold: true, anchor: "middle", ...onDark }),
    ...lines.map((line, row) =>
      text(x + width / 2, y + 37 + row * 16, line, { ...small, anchor: "middle", ...onDark }),
    ),
  ].join("");
}

/** Lines of text that stand beside a line, one below the other, around or from `x`. */
const said = (x: number, y: number, lines: readonly string[], anchor: "start" | "middle" = "middle"): string =>
  lines.map((line, row) => text(x, y + row * 16, line, { ...small, anchor })).join("");

/** A line that leaves at one point, turns once or twice at right angles with round corners, and ends at another. */
function turned(points: readonly (readonly [number, number])[], kind: LineKind = "message"): string {
  const radius = 8;
  const towards = ([x, y]: readonly [number, number], [toX, toY]: readonly [number, number]) =>
    [x + Math.sign(toX - x) * radius, y + Math.sign(toY - y) * radius] as const;
  const [start, ...rest] = points;
  const path = rest.map((point, index) => {
    const next = rest[index + 1];
    if (!next) return `L${point.join(" ")}`;
    const before = points[index] ?? point;
    return `L${towards(point, before).join(" ")}Q${point.join(" ")} ${towards(point, next).join(" ")}`;
  });
  return arrow(`M${start?.join(" ")}${path.join("")}`, kind);
}

/** The picture of what becomes of a message whose handler fails. */
export function failurePicture(name: QueueName): string {
  const queue: QueueTopology = queues[name];
  const tries = queue.retryDelays.length;
  const deliveries = queue.maxDeliveryCount;
  const width = 1120;
  const [top, middle, bottom] = [112, 286, 424];

  const waiting: Step = { x: 40, y: top, width: 170, title: name, look: "queue" };
  const handler: Step = {
    x: 470,
    y: top,
    width: 210,
    title: queue.receiver,
    lines: ["handles the delivery"],
    look: "service",
  };
  const done: Step = { x: 880, y: top, width: 200, title: "completed", lines: ["the handler returned"], look: "done" };
  const copied: Step = {
    x: 470,
    y: middle,
    width: 176,
    title: "a copy is sent",
    lines: ["name, message and stack", "in its properties"],
    look: "failure",
  };
  const stated: Step = {
    x: 692,
    y: middle,
    width: 210,
    title: "message.failed is stated",
    lines: ["on the topic; through the", "queue, if the topic is away"],
    look: "event",
  };
  const refused: Step = {
    x: 942,
    y: middle,
    width: 138,
    title: "refused on sight",
    lines: [`${deliveries} deliveries,`, "nothing is handled"],
    look: "failure",
  };
  const dead: Step = {
    x: 860,
    y: bottom,
    width: 220,
    title: "dead-letter queue",
    lines: ["kept until somebody takes it out"],
    look: "queue",
  };
  const mended: Step = {
    x: 560,
    y: bottom,
    width: 210,
    title: "an operator",
    lines: ["reads why, mends the cause"],
    look: "plain",
  };
  const replayed: Step = {
    x: 250,
    y: bottom,
    width: 220,
    title: "replay",
    lines: ["a copy with a new message id,", "then the letter is completed"],
    look: "plain",
  };
  const steps = [waiting, handler, done, copied, stated, refused, dead, mended, replayed];

  const centre = (step: Step) => step.y + heightOf(step) / 2;
  const right = (step: Step) => step.x + step.width;
  const between = (from: Step, to: Step, kind?: LineKind) => arrow(`M${right(from)} ${centre(from)}H${to.x}`, kind);
  const under = (step: Step) => step.y + heightOf(step);

  return picture(
    {
      width,
      height: 532,
      title: `A message's way through failure, with the numbers of ${name}`,
      description: `Made from contracts/src/topology.ts: ${tries} delayed retries, ${deliveries} deliveries by the broker, dead letters with their reason, replay.`,
    },
    [
      between(waiting, handler),
      between(handler, done),
      // Passing faults: the copy that comes later.
      ...(tries === 0
        ? []
        : [
            turned([
              [handler.x + 60, top],
              [handler.x + 60, 66],
              [waiting.x + 85, 66],
              [waiting.x + 85, top],
            ]),
            said((handler.x + 60 + waiting.x + 85) / 2, 40, [
              `a fault that may pass, up to attempt ${tries}: a copy comes after`,
              delaysInWords(queue.retryDelays),
            ]),
          ]),
      // The process dies.
      turned([
        [handler.x + 60, under(handler)],
        [handler.x + 60, 206],
        [waiting.x + 115, 206],
        [waiting.x + 115, under(waiting)],
      ]),
      said((handler.x + 60 + waiting.x + 115) / 2, 226, [
        `the process dies: its lock, ${inWords(queue.lockDuration)} long and renewed`,
        `for up to ${inWords(queue.handlingTime)}, runs out; the same message again`,
      ]),
      // Failed for good.
      turned(
        [
          [handler.x + 150, under(handler)],
          [handler.x + 150, middle],
        ],
        "failure",
      ),
      said(handler.x + 166, 216, [`any other fault,`, `or attempt ${tries + 1} fails`], "start"),
      between(copied, stated, "failure"),
      between(stated, refused, "failure"),
      turned(
        [
          [refused.x + 80, under(refused)],
          [refused.x + 80, bottom],
        ],
        "failure",
      ),
      arrow(`M${dead.x} ${centre(dead)}H${right(mended)}`),
      arrow(`M${mended.x} ${centre(mended)}H${right(replayed)}`),
      turned([
        [replayed.x, centre(replayed)],
        [waiting.x + 50, centre(replayed)],
        [waiting.x + 50, under(waiting)],
      ]),
      said(dead.x + dead.width / 2, under(dead) + 20, [
        `also: ${deliveries} deliveries that nobody answered,`,
        `or ${inWords(queue.defaultMessageTimeToLive)} of waiting`,
      ]),
      said((right(waiting) + handler.x) / 2, centre(waiting) - 8, [
        `within ${inWords(queue.duplicateDetectionHistoryTimeWindow)} an id counts once`,
      ]),
      ...steps.map(draw),
    ],
  );
}
