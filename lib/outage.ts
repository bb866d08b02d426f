/** Codes that mean "the database cannot be reached or is going away": Prisma's, Node's, PostgreSQL's (Appendix A of its manual). */
const OUTAGE_CODES = new Set([
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "P2028",
  "P2037",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "53300",
  "57P01",
  "57P02",
  "57P03",
]);
const OUTAGE_KINDS = new Set(["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout", "TooManyConnections"]);
/** `pg` gives no code to these. */
const OUTAGE_TEXTS = [
  "Connection terminated",
  "timeout exceeded when trying to connect",
  "Cannot use a pool after calling end",
  "Client has encountered a connection error",
];
const DEPTH_MAX = 4;

/** PostgreSQL's words for a statement that waited too long for a lock, or that was chosen to end a deadlock. */
const LOCK_CODES = ["55P03", "40P01"];

/** Whether `error` means that the database does not answer, as opposed to a defect: then the caller should come again. */
export function isOutage(error: unknown): boolean {
  return isOrWraps(error, ({ name, code, originalCode, kind, message }) => {
    if (name === "PrismaClientInitializationError") return true;
    for (const value of [code, originalCode]) {
      if (typeof value === "string" && (OUTAGE_CODES.has(value) || value.startsWith("08"))) return true;
    }
    if (typeof kind === "string" && OUTAGE_KINDS.has(kind)) return true;
    return typeof message === "string" && OUTAGE_TEXTS.some((text) => message.includes(text));
  });
}

/** Whether `error` means that another transaction was in the way: this one is undone, and may be tried again. */
export function isLockFailure(error: unknown): boolean {
  return isOrWraps(error, ({ code, originalCode }) => LOCK_CODES.some((one) => one === code || one === originalCode));
}

/** Looks through the wrappers of Prisma and its driver adapter. */
function isOrWraps(error: unknown, is: (error: Record<string, unknown>) => boolean, depth = 0): boolean {
  if (depth > DEPTH_MAX || typeof error !== "object" || error === null) return false;
  const record = error as Record<string, unknown>;
  const inner = [record["cause"], record["meta"], record["driverAdapterError"]];
  return is(record) || inner.some((one) => isOrWraps(one, is, depth + 1));
}
