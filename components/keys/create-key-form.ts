import { z } from "zod";
import { type Expiry, keyNameSchema } from "#lib/keys/schemas.ts";
import { SCOPES } from "#lib/scopes.ts";

const DAY_SECONDS = 86_400;

export const EXPIRES_CHOICES = [
  { value: "never", label: "Never" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "date", label: "On a date" },
] as const;

/** What the dialog asks; the server checks again with its own schema. */
export const createKeyFormSchema = z
  .object({
    name: keyNameSchema,
    scope: z.enum(SCOPES),
    expires: z.enum(["never", "30", "90", "date"]),
    date: z.string(),
  })
  .refine(({ expires, date }) => expires !== "date" || endOfDay(date) > new Date(), {
    path: ["date"],
    message: "Choose a day after today.",
  });
export type CreateKeyFields = z.infer<typeof createKeyFormSchema>;

/** The expiry rule that the fields mean. A date ends with that day, where the reader is. */
export function expiryOf({ expires, date }: Pick<CreateKeyFields, "expires" | "date">): Expiry {
  switch (expires) {
    case "never":
      return { kind: "never" };
    case "date":
      return { kind: "date", at: endOfDay(date) };
    case "30":
    case "90":
      return { kind: "lifetime", seconds: Number(expires) * DAY_SECONDS };
    default:
      return expires satisfies never;
  }
}

/** An invalid date when nothing was chosen; comparisons with it are false. */
function endOfDay(date: string): Date {
  return new Date(`${date}T23:59:00`);
}
