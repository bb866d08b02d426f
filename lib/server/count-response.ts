import { singleton } from "../singleton.ts";

/** How many responses had each status class, 1xx at index 1. */
const counts = singleton("responses", () => [0, 0, 0, 0, 0, 0]);

/** Counts a response under its status class. Whoever writes a response calls it: listening to each would cost each request. */
export function countResponse(status: number): void {
  const index = Math.trunc(status / 100);
  counts[index] = (counts[index] ?? 0) + 1;
}

/** The counts so far. */
export function responseCounts(): readonly number[] {
  return counts;
}
