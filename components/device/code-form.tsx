"use client";

import { DeviceNote } from "#components/device/device-note.tsx";
import { DeviceTitle } from "#components/device/device-title.tsx";
import type { FormState } from "#components/sign-in/form-state.ts";
import { usePlainForm } from "#components/sign-in/use-plain-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";

/**
 * Where a code is typed. A plain form: it works before scripts load. `code`: from the address that the device shows, still to be
 * confirmed. `error`: what is wrong before anything is sent.
 */
export function CodeForm({
  action,
  heading,
  code,
  error,
}: {
  action: (before: FormState, form: FormData) => Promise<FormState>;
  heading: string;
  code: string;
  error: string | undefined;
}) {
  const { state, isPending, form } = usePlainForm(action);
  return (
    <div className="stack loose">
      <div>
        <DeviceTitle>{heading}</DeviceTitle>
        <p className="lead">Enter the code that your terminal or device shows.</p>
      </div>
      <form {...form} className="stack">
        <Field
          label="Code"
          name="code"
          className="bigcode"
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          required
          maxLength={64}
          defaultValue={state.values?.["code"] ?? code}
          error={state.error?.message ?? error}
        />
        <Button type="submit" variant="primary" size="wide" isPending={isPending} pendingLabel="Looking it up…">
          Continue
        </Button>
      </form>
      <DeviceNote />
    </div>
  );
}
