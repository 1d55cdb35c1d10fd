import { ratio, shortNumber } from "../lib/format.ts";
import { table } from "../lib/table.ts";
import type { Measurement } from "./measurement.ts";
import { comparisons, type Results } from "./results.ts";

const MEGABYTE = 1024 * 1024;

/** The results as text: ratios first, then what only our broker can do. */
export const report = (results: Results): string =>
  [
    section("Same rhea client, our broker against RabbitMQ (ratio above 1: ours is faster)", againstRabbitMq(results)),
    section("Our broker through @azure/service-bus", throughSdk(results)),
    section(`Memory with messages of ${results.messageBytes} bytes waiting`, memory(results)),
    section("From the start of the process to the first AMQP connection", startUp(results)),
  ].join("\n\n");

const section = (title: string, body: string): string => `${title}\n\n${body}`;

const againstRabbitMq = ({ throughput }: Results): string =>
  table(
    ["work", "", "ours msg/s", "RabbitMQ msg/s", "ratio", "ours p50 / p99 ms", "RabbitMQ p50 / p99 ms"],
    comparisons(throughput).map(({ work, durability, ours, theirs }) => [
      work,
      durability,
      shortNumber(ours.messagesPerSecond),
      theirs ? shortNumber(theirs.messagesPerSecond) : "–",
      theirs ? ratio(ours.messagesPerSecond / theirs.messagesPerSecond) : "–",
      latencyOf(ours),
      theirs ? latencyOf(theirs) : "–",
    ]),
  );

const throughSdk = ({ throughput }: Results): string =>
  table(
    ["work", "", "msg/s", "p50 / p99 ms"],
    throughput
      .filter(({ client }) => client === "@azure/service-bus")
      .map((row) => [row.work, row.durability, shortNumber(row.messagesPerSecond), latencyOf(row)]),
  );

const latencyOf = ({ p50, p99 }: Measurement): string =>
  p50 === undefined || p99 === undefined ? "" : `${shortNumber(p50)} / ${shortNumber(p99)}`;

const memory = ({ memory: rows }: Results): string =>
  table(
    ["broker", "", "messages", "idle MB", "filled MB", "bytes per message", "filled at msg/s"],
    rows.map((row) => [
      row.broker,
      row.durability,
      row.messages.toLocaleString("en-US"),
      shortNumber(row.idleBytes / MEGABYTE),
      shortNumber(row.filledBytes / MEGABYTE),
      shortNumber(row.bytesPerMessage),
      shortNumber(row.messages / row.secondsToFill),
    ]),
  );

const startUp = ({ startUp: rows }: Results): string =>
  table(
    ["broker", "ms"],
    rows.map(({ broker, milliseconds }) => [broker, shortNumber(milliseconds)]),
  );
