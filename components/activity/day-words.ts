import { dateFieldValue } from "#lib/time-words.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The heading above a day's rows: "Today", "Yesterday", "Saturday, November 21", in other years with the year. */
export function dayHeadingWords(at: Date, now: Date, zone: string): string {
  const [day, today] = [dateFieldValue(at, zone), dateFieldValue(now, zone)];
  if (day === today) return "Today";
  if (Date.parse(today) - Date.parse(day) === DAY_MS) return "Yesterday";
  const options: Intl.DateTimeFormatOptions = { weekday: "long", month: "long", day: "numeric" };
  if (day.slice(0, 4) !== today.slice(0, 4)) options.year = "numeric";
  return new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }).format(at);
}

/** "10:20:41", 24 hours. */
export function clockSecondsWords(at: Date, zone: string): string {
  const options: Intl.DateTimeFormatOptions = {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  };
  return new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }).format(at);
}
