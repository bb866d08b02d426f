import { type ErrorCode, isDomainError } from "#lib/errors.ts";
import { describeFailure } from "#lib/server/describe-failure.ts";

/** What standard error says with --json. */
export type Refusal = { error: string; message: string };

/** Messages that are written for a page and would send an operator looking for a button. */
const AT_THE_COMMAND_LINE: Partial<Record<ErrorCode, string>> = {
  key_not_found: "No key has this id. List them with: key list.",
  key_not_active:
    "The key's state does not allow this: it was rotated or revoked, or has expired. See it with: key list.",
  grant_not_found: "No grant has this id, or it has ended. List them with: grant list --email E.",
  email_invalid: "This is not an e-mail address. Write it like name@example.org.",
  email_taken: "An account with this e-mail exists already. List them with: user list.",
};
/** Codes of errors that are not a domain's. */
const CODES: Readonly<Record<string, string>> = {
  UsageError: "usage",
  ConfigurationError: "configuration",
  StartError: "cannot_start",
  MigrationError: "migrations",
};

const TIMEOUT = "The database does not answer in time. Check the network between, or correct DATABASE_URL.";

/** Why a command was refused, as a code and one line that says what to do next. */
export function refusalOf(error: unknown): Refusal {
  if (isDomainError(error)) return { error: error.code, message: AT_THE_COMMAND_LINE[error.code] ?? error.message };
  const name = error instanceof Error ? error.name : "";
  if (name === "UsageError") return { error: "usage", message: (error as Error).message };
  const message = isTimeout(error) ? TIMEOUT : describeFailure(error);
  const isDatabase = message.startsWith("The database ");
  return { error: CODES[name] ?? (isDatabase ? "unavailable" : "internal_error"), message };
}

/** pg gives its own time-outs no code. */
function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error && /^(timeout expired|Connection terminated due to connection timeout)$/.test(error.message)
  );
}
