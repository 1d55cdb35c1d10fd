/** Receives messages of one entity for one function. */
export interface MessagePump {
  /** Receives no more, waits until what was received is settled, closes its links. */
  stop(): Promise<void>;
}

/** Told of every failure to receive; the pump goes on by itself. */
export type ReportError = (error: unknown) => void;
