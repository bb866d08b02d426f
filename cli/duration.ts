import { UsageError } from "./verb.ts";

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const DURATION = /^(\d{1,9})([smhd])$/;

/**
 * Seconds of "30d", "12h", "90m" or "45s"; "0" needs no unit.
 * @throws UsageError for anything else, a bare number included: nobody can say whether it means seconds or days.
 */
export function durationSeconds(text: string, option: string): number {
  if (text === "0") return 0;
  const [, amount, unit] = DURATION.exec(text) ?? [];
  if (!amount || !isUnit(unit)) {
    throw new UsageError(
      `${option} ${JSON.stringify(text)} is not a duration. Write a number and s, m, h or d: 30d, 12h, 90m.`,
    );
  }
  return Number(amount) * SECONDS[unit];
}

function isUnit(unit: string | undefined): unit is keyof typeof SECONDS {
  return unit !== undefined && unit in SECONDS;
}
