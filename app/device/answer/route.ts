import { answerDevice } from "#lib/session/answer-device.ts";

/** The answer to the question about a device: a plain form, which works before scripts load. */
export async function POST(request: Request): Promise<Response> {
  return await answerDevice(request);
}
