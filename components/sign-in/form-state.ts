import { missingWords } from "#components/ui/password-field.tsx";

/** What a plain form's action answers: what was wrong, and what was typed, secrets apart. */
export type FormState = {
  error?: { code: string; message: string; details: Readonly<Record<string, string | number>> };
  values?: Readonly<Record<string, string>>;
};

/** Refusals that say nothing about one field belong to the password, as the last thing typed. */
const BESIDE_PASSWORD = ["wrong_password", "sign_in_slowed"];

/** Where the words of a refusal stand: beside a field of the form, else above it. */
export function formError(
  { error }: FormState,
  names: readonly string[],
): { fields: Readonly<Record<string, string>>; note?: string } {
  if (!error) return { fields: {} };
  const field = BESIDE_PASSWORD.includes(error.code) ? "password" : fieldOf(error.details);
  return field !== undefined && names.includes(field)
    ? { fields: { [field]: words(error) } }
    : { fields: {}, note: words(error) };
}

function fieldOf(details: Readonly<Record<string, string | number>>): string | undefined {
  const field = details["field"];
  if (field === "newPassword") return "password";
  return typeof field === "string" ? field : undefined;
}

function words({ code, message, details }: NonNullable<FormState["error"]>): string {
  if (code === "sign_in_slowed") return `Too many tries. Wait ${details["retryAfterSeconds"]} s, then try again.`;
  if (code === "password_too_short") return missingWords(Number(details["missing"]));
  return message;
}
