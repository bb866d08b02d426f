/** Errors whose message is written for the operator. */
const EXPLAINED = new Set(["ConfigurationError", "StartError", "MigrationError"]);
const DATABASE_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "does not answer at that address. Start it, or correct DATABASE_URL",
  ENOTFOUND: "has a host name that is not known. Correct DATABASE_URL",
  ETIMEDOUT: "does not answer in time. Check the network between, or correct DATABASE_URL",
  "28P01": "refuses the password. Correct DATABASE_URL",
  "28000": "refuses the user. Correct DATABASE_URL, or PostgreSQL's pg_hba.conf",
  "3D000": "does not exist on that server. Create it, or correct DATABASE_URL",
  "42501": "does not let this user make tables. Grant it the rights, or correct DATABASE_URL",
};

/** Why the start failed, as one line that says what to do. What nobody foresaw keeps its stack. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (EXPLAINED.has(error.name)) return error.message;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const problem = DATABASE_PROBLEMS[code];
  if (problem) return `The database ${problem} (${code}).`;
  return error.stack ?? error.message;
}
