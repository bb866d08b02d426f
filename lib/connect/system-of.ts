import type { System } from "./snippet.ts";

/** The system that a browser says it runs on; Linux where it says none of the others. */
export function systemOf(userAgent: string): System {
  if (/Windows/i.test(userAgent)) return "windows";
  return /Mac OS|iPhone|iPad/i.test(userAgent) ? "macos" : "linux";
}
