import { type LetterAction, type QueueName, queues } from "@ratchet/contracts";
import type { Letter, Place } from "../letters/letter.ts";
import type { Surroundings } from "../surroundings.ts";
import { archiveSource } from "./archive.ts";
import { eventGridSource } from "./event-grid-source.ts";
import { queueSource } from "./queue-source.ts";
import type { LetterSource } from "./source.ts";

const queueNames = Object.keys(queues) as QueueName[];

/** Every place where dead letters may lie. */
export const places: readonly Place[] = [...queueNames, "event-grid"];

export function sourceOf({ client, documents, operations, undelivered }: Surroundings, place: Place): LetterSource {
  if (place === "archive") return archiveSource(documents, operations);
  return place === "event-grid" ? eventGridSource(undelivered) : queueSource(client(), place);
}

/** The dead letters of one place, or of all. Nothing is locked or taken. */
export async function listLetters(surroundings: Surroundings, place?: Place): Promise<readonly Letter[]> {
  const wanted = place === undefined ? places : [place];
  const found = await Promise.all(wanted.map((one) => sourceOf(surroundings, one).list()));
  return found.flat();
}

/** Where an action takes letters from. */
export const placeFor = (action: LetterAction, id: string): Place => {
  if (action === "restore") return "archive";
  const [place = ""] = id.split("/");
  return places.find((one) => one === place) ?? "archive";
};
