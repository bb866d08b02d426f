"use client";

import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { PasswordField } from "#components/ui/password-field.tsx";
import { type FormState, formError } from "./form-state.ts";
import { usePlainForm } from "./use-plain-form.ts";

/** E-mail and password. A plain form: it works before scripts load. */
export function SignInForm({
  action,
  returnTo,
}: {
  action: (before: FormState, form: FormData) => Promise<FormState>;
  returnTo: string;
}) {
  const { state, isPending, form } = usePlainForm(action);
  const { fields, note } = formError(state, ["email", "password"]);
  return (
    <form {...form} className="stack">
      <input type="hidden" name="returnTo" value={returnTo} />
      {note !== undefined && <Note tone="bad">{note}</Note>}
      <Field
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        defaultValue={state.values?.["email"]}
        error={fields["email"]}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        required
        error={fields["password"]}
      />
      <Button type="submit" variant="primary" size="wide" isPending={isPending} pendingLabel="Signing in…">
        Sign in
      </Button>
    </form>
  );
}
