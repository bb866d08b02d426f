"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useCallback } from "react";
import { useForm } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { showSaved } from "#components/ui/toaster.tsx";
import { useAct } from "#components/ui/use-act.ts";
import { changeNameSchema } from "#lib/users/schemas.ts";
import type { SettingsActions } from "./settings-actions.ts";

/** The name can be changed; the e-mail is shown. */
export function NameForm({
  name,
  email,
  changeName,
}: {
  name: string;
  email: string;
  changeName: SettingsActions["changeName"];
}) {
  const router = useRouter();
  const { register, handleSubmit, formState } = useForm({
    resolver: zodResolver(changeNameSchema),
    mode: "onTouched",
    defaultValues: { name },
  });
  const { run, isPending, failure } = useAct<{ name: string | null }>(
    useCallback(() => {
      showSaved("Settings saved");
      router.refresh();
    }, [router]),
  );
  return (
    <form className="stack" noValidate onSubmit={handleSubmit((input) => run(() => changeName(input)))}>
      {failure !== undefined && <Note tone="bad">{failure.message}</Note>}
      <Field label="Name" autoComplete="name" {...register("name")} error={formState.errors.name?.message} />
      <div className="field">
        <span className="legend">Email</span>
        <span className="any">{email}</span>
      </div>
      <div>
        <Button type="submit" isPending={isPending} pendingLabel="Saving…">
          Save
        </Button>
      </div>
    </form>
  );
}
