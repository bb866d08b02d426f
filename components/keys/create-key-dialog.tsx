"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useCallback, useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { useClock } from "#components/ui/clock.tsx";
import { Dialog, DialogBody, DialogFoot } from "#components/ui/dialog.tsx";
import { ErrorText, Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { randomKey } from "#components/ui/random-key.ts";
import { useAct } from "#components/ui/use-act.ts";
import type { CreatedKey } from "#lib/keys/create-key.ts";
import { DEFAULT_SCOPE } from "#lib/scopes.ts";
import { dateFieldValue, weekdayWords } from "#lib/time-words.ts";
import { type CreateKeyFields, createKeyFormSchema, EXPIRES_CHOICES, expiryOf } from "./create-key-form.ts";
import type { KeyActions } from "./key-actions.ts";
import { ScopeOperations } from "./scope-operations.tsx";
import { ScopePicker } from "./scope-picker.tsx";
import type { Secret } from "./secret-reveal.tsx";

const DAY_MS = 86_400_000;

/** Asks for name, scope and expiry. `names`: of the other keys, for the hint about a second one of the same name. */
export function CreateKeyDialog({
  names,
  actions,
  onCreated,
  onClose,
  onClosed,
}: {
  names: readonly string[];
  actions: KeyActions;
  onCreated: (secret: Secret) => void;
  onClose: () => void;
  onClosed: () => boolean;
}) {
  const { now, zone } = useClock();
  const [idempotencyKey] = useState(randomKey);
  const { run, isPending, failure } = useAct<CreatedKey>(
    useCallback((made) => onCreated({ ...made, predecessor: undefined }), [onCreated]),
  );
  const form = useForm<CreateKeyFields, unknown, CreateKeyFields>({
    resolver: zodResolver(createKeyFormSchema),
    mode: "onTouched",
    defaultValues: { name: "", scope: DEFAULT_SCOPE, expires: "90", date: "" },
  });
  const [name, scope, expires, date] = form.watch(["name", "scope", "expires", "date"]);
  const { errors } = form.formState;
  const expiry = expiryOf({ expires, date });
  const endsAt =
    expiry.kind === "never"
      ? undefined
      : expiry.kind === "lifetime"
        ? new Date(now.getTime() + expiry.seconds * 1000)
        : expiry.at;
  const hint = names.includes(name.trim()) ? "You have another key with this name." : undefined;

  return (
    <Dialog
      isOpen
      onClose={isPending ? () => undefined : onClose}
      onClosed={onClosed}
      title="New API key"
      width="panel"
      firstFocus="input"
    >
      <form
        noValidate
        onSubmit={form.handleSubmit((fields) =>
          run(() =>
            actions.create({ name: fields.name, scope: fields.scope, expiry: expiryOf(fields), idempotencyKey }),
          ),
        )}
      >
        <DialogBody>
          <div className="cols picker">
            <div className="stack loose">
              <Field
                label="Name"
                autoComplete="off"
                maxLength={64}
                help={hint ?? "Where it will be used. Only you see it."}
                error={errors.name?.message ?? (failure?.field === "name" ? failure.message : undefined)}
                {...form.register("name")}
              />
              <ScopePicker field={form.register("scope")} />
              <fieldset>
                <legend className="legend">Expires</legend>
                <div className="choices across">
                  {EXPIRES_CHOICES.map(({ value, label }) => (
                    <label key={value} className="choice">
                      <input type="radio" value={value} {...form.register("expires")} />
                      <span>{label}</span>
                    </label>
                  ))}
                </div>
                {expires === "date" && (
                  <input
                    type="date"
                    className="gap date"
                    aria-label="Ends on"
                    aria-invalid={errors.date === undefined ? undefined : true}
                    aria-describedby="expires-help"
                    min={dateFieldValue(new Date(now.getTime() + DAY_MS), zone)}
                    {...form.register("date")}
                  />
                )}
                <div className="gap" id="expires-help">
                  {errors.date !== undefined && <ErrorText>{errors.date.message}</ErrorText>}
                  {errors.date === undefined && endsAt !== undefined && !Number.isNaN(endsAt.getTime()) && (
                    <p className="help">Ends on {weekdayWords(endsAt, now, zone)}.</p>
                  )}
                </div>
              </fieldset>
            </div>
            <ScopeOperations scope={scope} />
          </div>
          {failure !== undefined && failure.field !== "name" && <Note tone="bad">{failure.message}</Note>}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isPending={isPending} pendingLabel="Creating…">
            Create key
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
