import { z } from "zod";

/** Where a page of the activity list begins: the row before which (`older`) or after which (`newer`) it lies. */
export const activityPageSchema = z.object({
  before: z.uuid().optional(),
  after: z.uuid().optional(),
  /** Only rows about this: the history of one key. */
  targetId: z.uuid().optional(),
});
export type ActivityPageInput = z.infer<typeof activityPageSchema>;
