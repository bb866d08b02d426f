"use client";

import { type FormEvent, useCallback, useState } from "react";
import { ask } from "#components/ui/answer.ts";
import { Button } from "#components/ui/button.tsx";
import { useClock } from "#components/ui/clock.tsx";
import { Dialog, DialogBody, DialogFoot } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { showNotSaved, showSaved } from "#components/ui/toaster.tsx";
import { useAct } from "#components/ui/use-act.ts";
import type { KeyView } from "#lib/keys/key-view.ts";
import { dayAndClockWords, weekdayWords } from "#lib/time-words.ts";
import type { KeyActions } from "./key-actions.ts";
import { localFieldValue } from "./local-field-value.ts";

const DAY_MS = 86_400_000;
const MAX_MS = 7 * DAY_MS;

/** Another end for the grace period: at most 7 days after the rotation, never past the key's own expiry. */
export function MoveGraceDialog({
  keyView,
  actions,
  onChanged,
  onClose,
  onClosed,
}: {
  keyView: KeyView;
  actions: KeyActions;
  onChanged: (keyId: string) => void;
  onClose: () => void;
  onClosed: () => boolean;
}) {
  const { now, zone } = useClock();
  const before = keyView.graceEndsAt ?? now;
  const latest = latestEnd(keyView);
  const [value, setValue] = useState(() =>
    localFieldValue(new Date(Math.min(latest.getTime(), before.getTime() + DAY_MS))),
  );
  const onDone = useCallback(
    (moved: KeyView) => {
      const undo = async () => {
        const answer = await ask(() => actions.moveGrace({ keyId: keyView.id, until: before }));
        if (answer.ok) onChanged(keyView.id);
        else showNotSaved(answer.error.message);
      };
      onChanged(keyView.id);
      const end = moved.graceEndsAt ?? now;
      showSaved(`End moved to ${dayAndClockWords(end, now, zone)}`, () => void undo());
    },
    [actions, keyView.id, before, onChanged, now, zone],
  );
  const { run, isPending, failure, setFailure } = useAct<KeyView>(onDone);

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    // The field has minutes only: its last minute means the very end.
    const chosen = new Date(value);
    const until = localFieldValue(latest) === value ? latest : chosen;
    if (!(until > new Date() && until <= latest)) {
      setFailure({
        message: `Choose a time after now, until ${weekdayWords(latest, now, zone)}.`,
        field: "until",
      });
      return;
    }
    void run(() => actions.moveGrace({ keyId: keyView.id, until }));
  }

  return (
    <Dialog
      isOpen
      onClose={isPending ? () => undefined : onClose}
      onClosed={onClosed}
      title="Give the old key more time"
      width="narrow"
      firstFocus="input"
    >
      <form noValidate onSubmit={onSubmit}>
        <DialogBody>
          <Field
            label="Works until"
            type="datetime-local"
            min={localFieldValue(now)}
            max={localFieldValue(latest)}
            value={value}
            onChange={(event) => setValue(event.target.value)}
            help={`Until ${weekdayWords(latest, now, zone)} at most.`}
            error={failure?.field === "until" ? failure.message : undefined}
          />
          {failure !== undefined && failure.field !== "until" && <Note tone="bad">{failure.message}</Note>}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isPending={isPending} pendingLabel="Saving…">
            Save
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

/** The server's limit, so that the field can say it; the server checks it again. */
function latestEnd({ rotatedAt, expiresAt }: KeyView): Date {
  const latest = new Date((rotatedAt?.getTime() ?? 0) + MAX_MS);
  return expiresAt !== null && expiresAt < latest ? expiresAt : latest;
}
