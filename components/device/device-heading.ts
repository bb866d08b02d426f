import type { DeviceState } from "#lib/oauth/device-approval.ts";

/** The heading of each step, as plain text. A name that nobody has checked is not in it (ui.md section 9). */
export function deviceHeading(found: DeviceState | undefined): string {
  if (found?.state === "allowed") return "Connected. Go back to your device.";
  if (found?.state === "denied") return "Denied. Your device was told.";
  if (found?.state !== "open") return "Connect a device";
  const { name, trust, host, isLookAlike } = found.device.client;
  if (isLookAlike && host !== null) return `Let an app of ${host} on your device use your memories?`;
  if (isLookAlike || trust === "unverified") return "Let an unverified app on your device use your memories?";
  return `Let ${name} on your device use your memories?`;
}
