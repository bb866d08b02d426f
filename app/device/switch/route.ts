import { switchDeviceUser } from "#lib/session/answer-device.ts";

/** "Not you?": signs out and leads back to the code. A plain form, as the answer is. */
export async function POST(request: Request): Promise<Response> {
  return await switchDeviceUser(request);
}
