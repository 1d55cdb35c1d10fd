import { setTimeout as delay } from "node:timers/promises";

/** Asks again and again until `attempt` gives something; throws its last error after `seconds`. */
export const until = async <Result>(seconds: number, attempt: () => Promise<Result>): Promise<Result> => {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(10);
    }
  }
};
