import type { z } from "zod";
import { DomainError, isDomainError } from "#lib/errors.ts";
import { errorOf } from "#lib/oauth/consent/consent-errors.ts";
import { allowDevice, denyDevice, type EnteredCode } from "#lib/oauth/device/device-approval.ts";
import { deviceAnswerSchema, deviceCodeSchema } from "#lib/oauth/device/device-schemas.ts";
import { isOwnOrigin } from "./own-origin.ts";
import { findUser } from "./require-user.ts";
import { signInPath } from "./return-to.ts";
import { signOutBrowser } from "./sign-in-session.ts";

const FORM_BYTES_MAX = 4_096;
/** Their page is the device's own, which says what became of the code. */
const SHOWN_THERE = new Set(["device_code_wrong", "interaction_answered", "interaction_gone"]);

/** The page about a code that this session has entered. The token in it counts in no other session. */
export function devicePath({ code, token }: EnteredCode): string {
  return `/device?${new URLSearchParams({ user_code: code, entry: token })}`;
}

/**
 * Answers the question about a device as the signed-in person. It counts only from our own page, by its Origin and by the token that
 * belongs to this session and this code, and once (attack 18).
 * @returns 303 to the page that says what came of it.
 */
export async function answerDevice(request: Request): Promise<Response> {
  let entered: EnteredCode | undefined;
  try {
    if (!isOwnOrigin(request.headers)) throw new DomainError("foreign_form");
    const { answer, scope, ...given } = await readForm(request, deviceAnswerSchema);
    entered = given;
    const signedIn = await findUser();
    if (!signedIn) return seeOther(signInPath(devicePath(entered)));
    const { actor, session } = signedIn;
    if (answer === "deny") await denyDevice(actor, entered);
    else await allowDevice(actor, { ...entered, scope }, session.authenticatedAt);
    return seeOther(devicePath(entered));
  } catch (error) {
    if (!isDomainError(error)) throw error;
    if (entered && SHOWN_THERE.has(error.code)) return seeOther(devicePath(entered));
    return seeOther(`/consent/error?kind=${errorOf(error.code)}`);
  }
}

/** Signs this browser out and leads to sign-in, and from there back to the code, which has to be entered anew. */
export async function switchDeviceUser(request: Request): Promise<Response> {
  try {
    if (!isOwnOrigin(request.headers)) throw new DomainError("foreign_form");
    const { code } = await readForm(request, deviceCodeSchema);
    await signOutBrowser();
    return seeOther(signInPath(`/device?${new URLSearchParams({ user_code: code })}`));
  } catch (error) {
    if (isDomainError(error)) return seeOther(`/consent/error?kind=${errorOf(error.code)}`);
    throw error;
  }
}

/** @throws DomainError `invalid_form` */
async function readForm<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  const length = Number(request.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
  if (length > FORM_BYTES_MAX) throw new DomainError("invalid_form");
  const form = await request.formData().catch(() => undefined);
  const parsed = schema.safeParse(Object.fromEntries(form ?? []));
  if (!parsed.success) throw new DomainError("invalid_form");
  return parsed.data;
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { Location: location } });
}
