const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TEN_MONTHS = 300 * DAY;

/** `zone` if it names a time zone that this runtime knows, else "UTC". It comes from a cookie, so anything can be in it. */
export function checkedZone(zone: string | undefined): string {
  if (zone === undefined || !/^[A-Za-z0-9_+\-/]{1,64}$/.test(zone)) return "UTC";
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

/**
 * A moment of the past as lists say it: "just now" (under 45 s), "4 minutes ago", "11:02" today, "yesterday",
 * "3 days ago" to 6, "Sep 14", in other years "Sep 14, 2025". Days are those of `zone`. Rounds down.
 * `isDense`: "4 min ago" for narrow columns.
 */
export function agoWords(at: Date, now: Date, zone: string, isDense = false): string {
  const past = now.getTime() - at.getTime();
  if (past < 45 * SECOND) return "just now";
  if (past < HOUR) {
    const minutes = Math.max(1, Math.floor(past / MINUTE));
    if (isDense) return `${minutes} min ago`;
    return minutes === 1 ? "1 minute ago" : `${minutes} minutes ago`;
  }
  const days = calendarDaysBetween(at, now, zone);
  if (days === 0) return clockWords(at, zone);
  if (days === 1) return "yesterday";
  if (days <= 6) return `${days} days ago`;
  return dayWords(at, now, zone);
}

/** "Sep 14"; in another year than `now`'s "Sep 14, 2025". Days to come need no year for ten months. */
export function dayWords(at: Date, now: Date, zone: string): string {
  return part(at, zone, { month: "short", day: "numeric", ...yearIfNeeded(at, now, zone) });
}

/** "11:02", 24 hours. */
export function clockWords(at: Date, zone: string): string {
  return part(at, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** "Nov 24, 01:32"; in another year "Nov 24, 2025, 01:32". */
export function dayAndClockWords(at: Date, now: Date, zone: string): string {
  return `${dayWords(at, now, zone)}, ${clockWords(at, zone)}`;
}

/** "Monday, February 22 at 10:20", with the year as {@link dayWords}. */
export function weekdayWords(at: Date, now: Date, zone: string): string {
  const day = part(at, zone, {
    weekday: "long",
    month: "long",
    day: "numeric",
    ...yearIfNeeded(at, now, zone),
  });
  return `${day} at ${clockWords(at, zone)}`;
}

/** The same instant twice, for those who want to be sure: "Nov 24, 2026, 11:20:41 (Europe/Berlin), 10:20:41 UTC". */
export function exactWords(at: Date, zone: string): string {
  const local = part(at, zone, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  return zone === "UTC" ? `${local} UTC` : `${local} (${zone}), ${utcWords(at)}`;
}

/** "2026-11-24 10:20:41 UTC", for receipts; `withMilliseconds` adds ".318". */
export function utcWords(at: Date, withMilliseconds = false): string {
  return `${at
    .toISOString()
    .slice(0, withMilliseconds ? 23 : 19)
    .replace("T", " ")} UTC`;
}

/** How long until `at`, never longer than it is: "15 h 12 min", "6 days 3 h", "under 1 min"; "0 min" once it has passed. */
export function durationWords(milliseconds: number): string {
  if (milliseconds <= 0) return "0 min";
  const minutes = Math.floor(milliseconds / MINUTE);
  if (minutes < 1) return "under 1 min";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(milliseconds / HOUR);
  if (hours < 48) return joined(`${hours} h`, minutes % 60, "min");
  return joined(`${Math.floor(hours / 24)} days`, hours % 24, "h");
}

/** "in 6 days", "in 1 day", "in 15 h 12 min". */
export function inWords(at: Date, now: Date): string {
  const left = at.getTime() - now.getTime();
  const days = Math.floor(left / DAY);
  if (days >= 2) return `in ${days} days`;
  return `in ${durationWords(left)}`;
}

/** The calendar day of `at` in `zone` as an `<input type="date">` takes it: "2026-11-24". */
export function dateFieldValue(at: Date, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(at);
}

function yearIfNeeded(at: Date, now: Date, zone: string): Intl.DateTimeFormatOptions {
  const ahead = at.getTime() - now.getTime();
  if (ahead > 0 && ahead < TEN_MONTHS) return {};
  return part(at, zone, { year: "numeric" }) === part(now, zone, { year: "numeric" }) ? {} : { year: "numeric" };
}

function joined(first: string, rest: number, unit: string): string {
  return rest === 0 ? first : `${first} ${rest} ${unit}`;
}

function calendarDaysBetween(earlier: Date, later: Date, zone: string): number {
  const day = (at: Date) => Date.parse(`${dateFieldValue(at, zone)}T00:00:00Z`);
  return Math.round((day(later) - day(earlier)) / DAY);
}

function part(at: Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }).format(at);
}
