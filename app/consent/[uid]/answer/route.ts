import { answerConsent } from "#lib/session/answer-consent.ts";

/**
 * The answer to a consent page: a plain form, since the browser itself must follow the redirect to the app. Below the page's path,
 * where the browser sends the cookie of the request that is answered.
 */
export async function POST(request: Request, { params }: { params: Promise<{ uid: string }> }): Promise<Response> {
  return await answerConsent(request, (await params).uid);
}
