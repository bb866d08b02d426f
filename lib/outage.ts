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

/**
 * Whether `error` means that the database does not answer, as opposed to a defect: then the caller should come again.
 * Looks through the wrappers of Prisma and its driver adapter.
 */
export function isOutage(error: unknown, depth = 0): boolean {
  if (depth > DEPTH_MAX || typeof error !== "object" || error === null) return false;
  const { name, code, originalCode, kind, message, cause, meta, driverAdapterError } = error as Record<string, unknown>;
  if (name === "PrismaClientInitializationError") return true;
  for (const value of [code, originalCode]) {
    if (typeof value === "string" && (OUTAGE_CODES.has(value) || value.startsWith("08"))) return true;
  }
  if (typeof kind === "string" && OUTAGE_KINDS.has(kind)) return true;
  if (typeof message === "string" && OUTAGE_TEXTS.some((text) => message.includes(text))) return true;
  return isOutage(cause, depth + 1) || isOutage(meta, depth + 1) || isOutage(driverAdapterError, depth + 1);
}
