/** Something that must hold and does not. */
export interface Broken {
  readonly sentence: string;
  /** When that began of which it tells, where it is known: milliseconds since the epoch. */
  readonly at?: number;
}

export const broken = (sentence: string, at?: string | number): Broken =>
  at === undefined ? { sentence } : { sentence, at: typeof at === "number" ? at : Date.parse(at) };
