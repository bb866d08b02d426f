const HOUR = 3_600;
const DAY = 24 * HOUR;

/** A table whose rows are of no use once a time in them is long enough ago. The column has an index. */
export type SweepRule = {
  table: string;
  column: string;
  /** How long a row stays after that time. */
  keptSeconds: number;
};

/**
 * What is swept, and how long it stays. Nothing depends on a sweep: whoever reads a row compares its times, so a sweep only keeps
 * tables small. Ended grants leave their tokens at once (end-grant.ts); audit rows, usage and memories are not swept at all.
 */
export const SWEEP_RULES: readonly SweepRule[] = [
  // Codes, refresh tokens, interactions, pushed requests, device codes. Five minutes are more than clocks may differ.
  { table: "oauth_artifacts", column: "expires_at", keptSeconds: 300 },
  // A proof that old is refused by its own time.
  { table: "proof_replays", column: "expires_at", keptSeconds: 300 },
  // A grant expires with its last possible token; "Recently withdrawn" shows it for a month.
  { table: "oauth_grants", column: "expires_at", keptSeconds: 31 * DAY },
  { table: "one_time_tokens", column: "expires_at", keptSeconds: DAY },
  { table: "sessions", column: "expires_at", keptSeconds: HOUR },
  // Gateways hear events at once; only those of the last 30 seconds are ever read again.
  { table: "credential_events", column: "created_at", keptSeconds: DAY },
  // An hour more than they count: the sweep goes by this process's clock, and a row that goes early is a write done twice.
  { table: "answered_writes", column: "created_at", keptSeconds: 25 * HOUR },
  // A form that is sent again after a week is a new one.
  { table: "idempotency_keys", column: "created_at", keptSeconds: 7 * DAY },
];
