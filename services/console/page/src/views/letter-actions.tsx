import { Ask, type Filled } from "../asking.tsx";
import { counted } from "../words.ts";

export interface LetterRequest {
  readonly action: string;
  readonly reason: string;
  readonly rate?: number;
  readonly to?: string;
  readonly confirmation?: string;
}

/** What can be done with some letters; each asks in the same way, with their number. */
export function LetterActions({
  count,
  onDo,
}: {
  readonly count: number;
  readonly onDo: (request: LetterRequest) => Promise<unknown>;
}) {
  const letters = counted(count, "dead letter");
  const request =
    (action: string) =>
    ({ reason = "", rate, to, confirmation }: Filled) =>
      onDo({
        action,
        reason,
        ...(rate ? { rate: Number(rate) } : {}),
        ...(to ? { to } : {}),
        ...(confirmation ? { confirmation } : {}),
      });
  return (
    <>
      <Ask
        name={`Replay ${count.toLocaleString("en")}`}
        title={`Replay ${letters}`}
        verb="Replay"
        onDo={request("replay")}
        isFirst
      >
        <p class="quiet">They are sent to their queues again. Letters that come meanwhile are not among them.</p>
        <label>
          <span>
            At most so many a second <span class="quiet">(as quick as it goes where empty)</span>
          </span>
          <input name="rate" inputMode="numeric" pattern="[0-9]+" />
        </label>
      </Ask>
      <Ask
        name="Send elsewhere"
        title={`Send ${letters} to another queue`}
        verb="Send"
        onDo={request("send-elsewhere")}
      >
        <label>
          Queue
          <input name="to" required />
        </label>
      </Ask>
      <Ask name="Archive" title={`Archive ${letters}`} verb="Archive" onDo={request("archive")}>
        <p class="quiet">They are kept as they are, out of the way, and can be restored.</p>
      </Ask>
      <Ask
        name="Purge"
        title={`Purge ${letters} for good`}
        verb="Purge"
        isDanger
        typed={`purge ${count}`}
        onDo={request("purge")}
      />
    </>
  );
}
