import { switchUser } from "#lib/session/answer-consent.ts";

/** "Not you?": signs out and leads back to the same question. A plain form, as the answer is. */
export async function POST(_request: Request, { params }: { params: Promise<{ uid: string }> }): Promise<Response> {
  return await switchUser((await params).uid);
}
