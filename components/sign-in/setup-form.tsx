"use client";

import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { NewPasswordField } from "#components/ui/password-field.tsx";
import { NAME_MAX } from "#lib/users/schemas.ts";
import { type FormState, formError } from "./form-state.ts";
import { usePlainForm } from "./use-plain-form.ts";

/** The first account. A plain form: it works before scripts load. `token`: of the link, used up by sending. */
export function SetupForm({
  action,
  token,
}: {
  action: (before: FormState, form: FormData) => Promise<FormState>;
  token: string;
}) {
  const { state, isPending, form } = usePlainForm(action);
  const { fields, note } = formError(state, ["name", "email", "password"]);
  const values = state.values ?? {};
  return (
    <form {...form} className="stack">
      <input type="hidden" name="token" value={token} />
      {note !== undefined && <Note tone="bad">{note}</Note>}
      <Field
        label="Name"
        name="name"
        autoComplete="name"
        maxLength={NAME_MAX}
        defaultValue={values["name"]}
        error={fields["name"]}
      />
      <Field
        label="Email"
        name="email"
        type="email"
        autoComplete="email"
        required
        defaultValue={values["email"]}
        error={fields["email"]}
      />
      <NewPasswordField label="Password" name="password" required error={fields["password"]} />
      <Button type="submit" variant="primary" size="wide" isPending={isPending} pendingLabel="Making the account…">
        Make account
      </Button>
    </form>
  );
}
