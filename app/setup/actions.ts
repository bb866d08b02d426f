"use server";

import { redirect } from "next/navigation";
import type { FormState } from "#components/sign-in/form-state.ts";
import { formAction, textOf } from "#lib/session/form-action.ts";
import { requestBrowser } from "#lib/session/request-browser.ts";
import { HOME_PATH } from "#lib/session/return-to.ts";
import { signInBrowser } from "#lib/session/sign-in-session.ts";
import { setupSchema } from "#lib/users/schemas.ts";
import { completeSetup } from "#lib/users/setup-link.ts";

/** Makes the first account, signs it in and goes to the keys; a refusal is shown in the form. */
export async function setupAction(_before: FormState, form: FormData): Promise<FormState> {
  const values = { name: textOf(form, "name"), email: textOf(form, "email") };
  const typed = { ...values, token: textOf(form, "token"), password: textOf(form, "password") };
  const result = await formAction(setupSchema, typed, async (input) => {
    await signInBrowser(await completeSetup(input, await requestBrowser()));
  });
  if (!result.ok) return { error: result.error, values };
  redirect(HOME_PATH);
}
