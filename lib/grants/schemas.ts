import { z } from "zod";

const grantId = z.uuid("No such app. Reload the list of connected apps.");

export const withdrawGrantSchema = z.object({ grantId });
export type WithdrawGrantInput = z.infer<typeof withdrawGrantSchema>;

/** One installation names the product; all its installations are meant. */
export const withdrawProductSchema = z.object({ grantId });
export type WithdrawProductInput = z.infer<typeof withdrawProductSchema>;

export const withdrawAllSchema = z.object({});
