import type { DeviceState } from "#lib/oauth/device/device-approval.ts";

/** The heading of each step, as plain text. A name that nobody vouches for is never in it without quotes (ui.md section 9). */
export function deviceHeading(found: DeviceState | undefined): string {
  if (found?.state === "allowed") return "Connected";
  if (found?.state === "denied") return "Denied";
  if (found?.state !== "open") return "Connect a device";
  const { name, trust, host, isLookAlike, isSelfNamed } = found.device.client;
  if (trust === "unverified") return "Let an unverified app on your device use your memories?";
  if (isLookAlike) return `Let an app of ${host} on your device use your memories?`;
  return `Let ${isSelfNamed ? `“${name}”` : name} on your device use your memories?`;
}
