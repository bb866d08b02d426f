"use server";

import { redirect } from "next/navigation";
import type { FormState } from "#components/sign-in/form-state.ts";
import { formAction, textOf } from "#lib/session/form-action.ts";
import { requestBrowser } from "#lib/session/request-browser.ts";
import { safeReturnTo } from "#lib/session/return-to.ts";
import { signInBrowser, signOutBrowser } from "#lib/session/sign-in-session.ts";
import { signInSchema } from "#lib/users/schemas.ts";
import { signInWithPassword } from "#lib/users/sign-in-with-password.ts";

/** Signs in and goes to where one came from; a refusal is shown in the form. */
export async function signInAction(_before: FormState, form: FormData): Promise<FormState> {
  const typed = { email: textOf(form, "email"), password: textOf(form, "password") };
  const result = await formAction(signInSchema, typed, async (input) => {
    await signInBrowser(await signInWithPassword(input, await requestBrowser()));
  });
  if (!result.ok) return { error: result.error, values: { email: typed.email } };
  redirect(safeReturnTo(textOf(form, "returnTo")));
}

/** Ends this browser's session on the server and goes to the sign-in page. */
export async function signOutAction(): Promise<void> {
  await signOutBrowser();
  redirect("/sign-in");
}
