"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useCallback } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { Button } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";
import { missingWords, NewPasswordField, PasswordField } from "#components/ui/password-field.tsx";
import { showSaved } from "#components/ui/toaster.tsx";
import { useAct } from "#components/ui/use-act.ts";
import { changePasswordSchema, missingCharacters } from "#lib/users/schemas.ts";
import type { SettingsActions } from "./settings-actions.ts";

/** The server's schema, and the length at once; whether it is common only the server knows. */
const formSchema = changePasswordSchema.extend({
  newPassword: z.string().superRefine((text, context) => {
    const missing = missingCharacters(text);
    if (missing > 0) context.addIssue({ code: "custom", message: missingWords(missing) });
  }),
});

/** Changes the password. `email`: tells password managers whose it is. */
export function PasswordForm({
  email,
  changePassword,
}: {
  email: string;
  changePassword: SettingsActions["changePassword"];
}) {
  const router = useRouter();
  const { register, handleSubmit, formState, reset } = useForm({
    resolver: zodResolver(formSchema),
    mode: "onTouched",
    defaultValues: { currentPassword: "", newPassword: "" },
  });
  const { run, isPending, failure } = useAct<null>(
    useCallback(() => {
      reset();
      showSaved("Password changed; other sessions ended");
      router.refresh();
    }, [reset, router]),
  );
  const { errors } = formState;
  const refusal = (field: string) => (failure?.field === field ? failure.message : undefined);
  const isBesideField = failure?.field === "currentPassword" || failure?.field === "newPassword";
  return (
    <form className="stack" noValidate onSubmit={handleSubmit((input) => run(() => changePassword(input)))}>
      {failure !== undefined && !isBesideField && <Note tone="bad">{failure.message}</Note>}
      <input type="text" hidden readOnly autoComplete="username" value={email} />
      <PasswordField
        label="Current password"
        autoComplete="current-password"
        {...register("currentPassword")}
        error={errors.currentPassword?.message ?? refusal("currentPassword")}
      />
      <NewPasswordField
        label="New password"
        {...register("newPassword")}
        error={errors.newPassword?.message ?? refusal("newPassword")}
      />
      <div>
        <Button type="submit" isPending={isPending} pendingLabel="Changing…">
          Change password
        </Button>
      </div>
    </form>
  );
}
