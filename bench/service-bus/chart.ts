import { type BarGroup, barChart } from "../lib/bar-chart.ts";
import { ratio, shortNumber } from "../lib/format.ts";
import { comparisons, type Results } from "./results.ts";

/** The comparison with RabbitMQ as a picture: the longer bar is the faster broker, the note says by how much. */
export const chart = (results: Results): string =>
  barChart({
    title: "Embedded Service Bus against RabbitMQ",
    subtitle: `messages per second, same rhea client, ${results.messageBytes}-byte bodies, one machine, one run; × = ours / RabbitMQ`,
    series: ["ours", "RabbitMQ"],
    groups: comparisons(results.throughput).map(({ work, durability, ours, theirs }): BarGroup => {
      const bars = [ours, ...(theirs ? [theirs] : [])].map(({ messagesPerSecond }, series) => ({
        series,
        value: messagesPerSecond,
        text: `${shortNumber(messagesPerSecond)}/s`,
      }));
      const note = theirs ? ratio(ours.messagesPerSecond / theirs.messagesPerSecond) : "";
      return { label: `${work}, ${durability}`, note, bars };
    }),
  });
