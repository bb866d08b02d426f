import { z } from "zod";

const CODE_MAX = 64;
/** A code as people type it, in any spelling. */
const codeSchema = z
  .string()
  .max(CODE_MAX, "That code is wrong or has expired. Check it, or start again on the device.");

export const deviceCodeSchema = z.object({ code: codeSchema });

/** The form of the question. */
export const deviceAnswerSchema = z.object({
  code: codeSchema,
  /** Proves that this session has entered the code. */
  token: z.string().max(100),
  answer: z.enum(["allow", "deny"]),
  /** What is allowed; looked at with "allow" only. */
  scope: z.string().max(100).default(""),
});
