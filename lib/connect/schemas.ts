import { z } from "zod";
import { CLIENT_IDS } from "./clients.ts";
import { METHODS } from "./snippet.ts";

export const firstRequestSchema = z.object({
  client: z.enum(CLIENT_IDS, "No such client. Reload the page."),
  method: z.enum(METHODS),
  /** From when on requests count: when the page was read. */
  since: z.coerce.date(),
  /** The key that is waited for; any key of the person, unless given. */
  keyId: z.uuid().optional(),
});
export type FirstRequestInput = z.infer<typeof firstRequestSchema>;
