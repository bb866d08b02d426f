import { cookies } from "next/headers";
import { checkedZone } from "#lib/time-words.ts";

/** The server's clock, and the time zone of the reader's browser (cookie `tz`, set by the page; UTC until it is known). */
export async function readerTime(): Promise<{ now: Date; zone: string }> {
  const jar = await cookies();
  const zone = jar.get("tz")?.value;
  return { now: new Date(), zone: checkedZone(zone === undefined ? undefined : decodeURIComponent(zone)) };
}
