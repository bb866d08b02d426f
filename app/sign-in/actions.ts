"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { DomainError } from "#lib/errors.ts";
import { isOwnOrigin } from "#lib/session/own-origin.ts";
import { requestBrowser } from "#lib/session/request-browser.ts";
import { safeReturnTo } from "#lib/session/return-to.ts";
import { signInBrowser, signOutBrowser } from "#lib/session/sign-in-session.ts";
import { type ActionResult, answered, parsed } from "#lib/session/user-action.ts";
import { signInSchema } from "#lib/users/schemas.ts";
import { signInWithPassword } from "#lib/users/sign-in-with-password.ts";

/** Signs in and goes to where one came from; a refusal is shown in the form. */
export async function signInAction(
  _before: ActionResult<never> | undefined,
  form: FormData,
): Promise<ActionResult<never>> {
  const result = await answered(async () => {
    if (!isOwnOrigin(await headers())) throw new DomainError("foreign_form");
    const input = parsed(signInSchema, { email: form.get("email"), password: form.get("password") });
    await signInBrowser(await signInWithPassword(input, await requestBrowser()));
  });
  if (!result.ok) return result;
  redirect(safeReturnTo(String(form.get("returnTo") ?? "")));
}

/** Ends this browser's session on the server and goes to the sign-in page. */
export async function signOutAction(): Promise<void> {
  if (!isOwnOrigin(await headers())) return;
  await signOutBrowser();
  redirect("/sign-in");
}
