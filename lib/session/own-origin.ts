import { env } from "#lib/env.ts";

/**
 * Whether a request that changes something comes from a page of ours: its Origin is PUBLIC_URL's (SIG-07). A missing Origin and
 * `null` are refused: Next runs an action without one, and every browser sends one with a POST.
 */
export function isOwnOrigin(headers: { get(name: string): string | null }): boolean {
  return headers.get("origin") === env().publicUrl;
}
