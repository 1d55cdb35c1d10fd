import { z } from "zod";

/** An operator's word that training may begin though the model's budget is used up. */
export const beyondBudget = z.object({ reason: z.string().min(1), requestedBy: z.string().optional() });
