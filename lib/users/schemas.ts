import { z } from "zod";

/** Characters of a password, as code points after NFC (SIG-08). */
export const PASSWORD_MIN = 15;
export const PASSWORD_MAX = 256;
export const NAME_MAX = 64;

/** What a request may carry at most; the rule itself counts code points and says which end was missed. */
const password = z.string().max(4 * PASSWORD_MAX);
const email = z.string().max(320);
/** No control characters and no halves of characters: PostgreSQL keeps neither, and a name stands on one line. */
const name = z
  .string()
  .trim()
  .max(NAME_MAX, "Use at most 64 characters.")
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, "Use one line of text.");

export const signInSchema = z.object({ email, password });
export type SignInInput = z.infer<typeof signInSchema>;

export const setupSchema = z.object({
  token: z.string().max(128),
  email,
  password,
  name: name.optional(),
});
export type SetupInput = z.infer<typeof setupSchema>;

export const changePasswordSchema = z.object({
  currentPassword: password.min(1, "Type your current password."),
  newPassword: password,
});
export type ChangePasswordInput = z.infer<typeof changePasswordSchema>;

export const changeNameSchema = z.object({ name });
export type ChangeNameInput = z.infer<typeof changeNameSchema>;

export const createUserSchema = z.object({
  email,
  password,
  name: name.optional(),
  isAdministrator: z.boolean().default(false),
});
export type CreateUserInput = z.input<typeof createUserSchema>;

export const userIdSchema = z.object({ userId: z.uuid() });
export type UserIdInput = z.infer<typeof userIdSchema>;

/** How many characters a new password still lacks; 0 when it is long enough. */
export function missingCharacters(text: string): number {
  return Math.max(0, PASSWORD_MIN - [...text.normalize("NFC")].length);
}
