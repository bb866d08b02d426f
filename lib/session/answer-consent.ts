import { headers } from "next/headers";
import { z } from "zod";
import { DomainError, isDomainError } from "#lib/errors.ts";
import { errorOf } from "#lib/oauth/consent/consent-errors.ts";
import { isConsentToken } from "#lib/oauth/consent/consent-token.ts";
import { allowConsent, answeredRedirectKind, denyConsent } from "#lib/oauth/consent/interactions.ts";
import { requestCookie } from "#lib/oauth/consent/request-cookie.ts";
import { isOwnOrigin } from "./own-origin.ts";
import { findUser } from "./require-user.ts";
import { signInPath } from "./return-to.ts";
import { signOutBrowser } from "./sign-in-session.ts";

const FORM_BYTES_MAX = 4_096;

const answerSchema = z.object({
  answer: z.enum(["allow", "deny"]),
  /** What is allowed; looked at with "allow" only. */
  scope: z.string().max(100).default(""),
  token: z.string().max(100),
});

/**
 * Answers the request `uid` as the signed-in person. It counts only from our own page, by its Origin and by the token that belongs
 * to this session and this request, and once (standards AUT-15, SIG-02). Nothing else grants anything.
 * @returns 303 to where the browser goes on (standards AUT-18), or to the page that says why not.
 */
export async function answerConsent(request: Request, uid: string): Promise<Response> {
  try {
    if (!isOwnOrigin(request.headers)) throw new DomainError("foreign_form");
    const signedIn = await findUser();
    if (!signedIn) return seeOther(`/consent/error?kind=signed-out&uid=${encodeURIComponent(uid)}`);
    const { answer, scope, token } = await readAnswer(request);
    if (!isConsentToken(token, signedIn.session.id, uid)) throw new DomainError("foreign_form");
    const cookies = request.headers.get("cookie") ?? "";
    const returnTo =
      answer === "deny" ? await denyConsent(uid, cookies) : await allowConsent(signedIn.actor, uid, cookies, scope);
    const goesTo = await answeredRedirectKind(uid, cookies);
    // A page that opens another program stays; so it says what happened, and goes on from there.
    if (goesTo === "scheme") return seeOther(`/consent/${encodeURIComponent(uid)}/sent`);
    return withoutRequestCookie(seeOther(returnTo), uid);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const seconds = error.details["retryAfterSeconds"];
    return seeOther(`/consent/error?kind=${errorOf(error.code)}${seconds === undefined ? "" : `&seconds=${seconds}`}`);
  }
}

/** Signs this browser out and leads to sign-in, and from there back to the question. */
export async function switchUser(uid: string): Promise<Response> {
  if (!isOwnOrigin(await headers())) return seeOther("/consent/error?kind=foreign");
  await signOutBrowser();
  return seeOther(signInPath(`/consent/${encodeURIComponent(uid)}`));
}

/** @throws DomainError `invalid_form` */
async function readAnswer(request: Request): Promise<z.output<typeof answerSchema>> {
  const length = Number(request.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
  if (length > FORM_BYTES_MAX) throw new DomainError("invalid_form");
  const form = await request.formData().catch(() => undefined);
  const parsed = answerSchema.safeParse(Object.fromEntries(form ?? []));
  if (!parsed.success) throw new DomainError("invalid_form");
  return parsed.data;
}

/** The answered request's own cookie goes: browsers keep few of them for a host, and drop others in their place. */
function withoutRequestCookie(response: Response, uid: string): Response {
  const { name, isSecure } = requestCookie();
  const attributes = `Path=/consent/${encodeURIComponent(uid)}; Max-Age=0; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
  for (const each of [name, `${name}.sig`]) response.headers.append("Set-Cookie", `${each}=; ${attributes}`);
  return response;
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { Location: location } });
}
