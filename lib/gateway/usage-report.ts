import { db } from "#lib/db.ts";

export type UsageReport = {
  /** The calendar month in UTC, its end excluded. */
  periodStart: Date;
  periodEnd: Date;
  /** Answered requests of this month, by operation. */
  byOperation: ReadonlyMap<string, number>;
  requests: number;
  refused: number;
  /** Answered requests since the account exists. */
  requestsEver: number;
};

/** What one user's credentials did. Counts reach it up to 5 s late, see usage.ts. */
export async function reportUsage(userId: string, now = new Date()): Promise<UsageReport> {
  const periodStart = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()));
  const periodEnd = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1));
  const [rows, ever] = await Promise.all([
    db().usageBucket.groupBy({
      by: ["operation"],
      where: { userId, hour: { gte: periodStart, lt: periodEnd } },
      _sum: { requests: true, refused: true },
    }),
    db().usageBucket.aggregate({ where: { userId }, _sum: { requests: true } }),
  ]);
  const byOperation = new Map(rows.map((row) => [row.operation, Number(row._sum.requests ?? 0)]));
  return {
    periodStart,
    periodEnd,
    byOperation,
    requests: sum([...byOperation.values()]),
    refused: sum(rows.map((row) => Number(row._sum.refused ?? 0))),
    requestsEver: Number(ever._sum.requests ?? 0),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
