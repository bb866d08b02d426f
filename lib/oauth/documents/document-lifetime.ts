const LEAST_SECONDS = 30;
const MOST_SECONDS = 86_400;

/** How long a document may be used without asking again, in seconds: what its answer allows, within 30 s and a day (standards CIM-07). */
export function documentLifetime(headers: Headers, nowMs: number): number {
  const control = (headers.get("cache-control") ?? "").toLowerCase();
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})/.exec(control)?.[1];
  const expires = Date.parse(headers.get("expires") ?? "");
  let seconds = LEAST_SECONDS;
  if (/(?:^|[\s,])no-(?:store|cache)\b/.test(control)) seconds = LEAST_SECONDS;
  else if (maxAge !== undefined) seconds = Number(maxAge);
  else if (!Number.isNaN(expires)) seconds = Math.floor((expires - nowMs) / 1_000);
  return Math.max(LEAST_SECONDS, Math.min(MOST_SECONDS, seconds));
}
