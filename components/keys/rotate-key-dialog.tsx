"use client";

import { type FormEvent, useCallback, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { useClock } from "#components/ui/clock.tsx";
import { Dialog, DialogBody, DialogFoot } from "#components/ui/dialog.tsx";
import { ErrorText } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { randomKey } from "#components/ui/random-key.ts";
import { useAct } from "#components/ui/use-act.ts";
import type { KeyView } from "#lib/keys/key-view.ts";
import type { RotatedKey } from "#lib/keys/rotate-key.ts";
import { gracePeriodSchema } from "#lib/keys/schemas.ts";
import { countWords } from "#lib/number-words.ts";
import { weekdayWords } from "#lib/time-words.ts";
import { ClientNames } from "./client-names.tsx";
import { GraceAxis } from "./grace-axis.tsx";
import type { KeyActions } from "./key-actions.ts";
import { ScopeMark } from "./scope-strip.tsx";
import type { Secret } from "./secret-reveal.tsx";
import { prefixWords } from "./status-words.ts";
import { useKeyUse } from "./use-key-use.ts";

const HOUR_SECONDS = 3600;
const CHOICES = [
  { value: "24", label: "24 hours" },
  { value: "1", label: "1 hour" },
  { value: "168", label: "7 days" },
  { value: "other", label: "Other" },
  { value: "0", label: "End now" },
] as const;

/** Asks how long the old key keeps working, and says who uses it. */
export function RotateKeyDialog({
  keyView,
  actions,
  onRotated,
  onClose,
  onClosed,
}: {
  keyView: KeyView;
  actions: KeyActions;
  onRotated: (secret: Secret) => void;
  onChanged: (keyId: string) => void;
  onClose: () => void;
  onClosed: () => boolean;
}) {
  const [choice, setChoice] = useState<string>("24");
  const [hours, setHours] = useState("48");
  const [hoursError, setHoursError] = useState<string>();
  const [idempotencyKey] = useState(randomKey);
  const { use } = useKeyUse(keyView.id, actions);
  const { run, isPending, failure } = useAct<RotatedKey>(
    useCallback(
      (made) => onRotated({ key: made.key, plaintext: made.plaintext, predecessor: made.predecessor }),
      [onRotated],
    ),
  );
  const graceSeconds = Math.round(Number(choice === "other" ? hours || Number.NaN : choice) * HOUR_SECONDS);
  const clients = use?.recent ?? [];

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    const checked = gracePeriodSchema.safeParse(graceSeconds);
    setHoursError(checked.success ? undefined : "Choose 0 to 168 hours.");
    if (!checked.success) return;
    void run(() => actions.rotate({ keyId: keyView.id, gracePeriodSeconds: checked.data, idempotencyKey }));
  }

  return (
    <Dialog
      isOpen
      onClose={isPending ? () => undefined : onClose}
      onClosed={onClosed}
      title={`Rotate ${keyView.name}`}
      description={
        <>
          You get a new key with the same name and scope. The old one, <code>{prefixWords(keyView)}</code>, keeps
          working while you move over, then ends by itself.
        </>
      }
      firstFocus="input:checked"
    >
      <form noValidate onSubmit={onSubmit}>
        <DialogBody>
          <div>
            <ScopeMark scope={keyView.scope} />
          </div>
          <fieldset>
            <legend className="legend">Old key works for</legend>
            <div className="choices across">
              {CHOICES.map(({ value, label }) => (
                <label key={value} className="choice">
                  <input
                    type="radio"
                    name="grace"
                    value={value}
                    checked={choice === value}
                    onChange={() => setChoice(value)}
                  />
                  <span>{label}</span>
                </label>
              ))}
            </div>
            {choice === "other" && (
              <p className="row tight gap">
                <input
                  className="hours"
                  type="number"
                  inputMode="decimal"
                  min={0}
                  max={168}
                  step="any"
                  aria-label="Hours"
                  aria-invalid={hoursError === undefined ? undefined : true}
                  aria-describedby="hours-help"
                  value={hours}
                  onChange={(event) => setHours(event.target.value)}
                />
                <span className="help">hours, 0 to 168</span>
              </p>
            )}
            {hoursError !== undefined && <ErrorText id="hours-help">{hoursError}</ErrorText>}
          </fieldset>
          <Until keyView={keyView} graceSeconds={graceSeconds} />
          {clients.length > 0 && graceSeconds === 0 && (
            <Note tone="warn">
              {countWords(clients.length, "client")} {clients.length === 1 ? "fails" : "fail"} until you update{" "}
              {clients.length === 1 ? "it" : "them"}: <ClientNames clients={clients} />.
            </Note>
          )}
          {clients.length > 0 && graceSeconds !== 0 && (
            <Note>
              Used by {countWords(clients.length, "client")} in the last 24 hours: <ClientNames clients={clients} />.
              The key page shows who has moved to the new key.
            </Note>
          )}
          {failure !== undefined && <Note tone="bad">{failure.message}</Note>}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isPending={isPending} pendingLabel="Rotating…">
            Rotate key
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

/** The chosen period as an axis and as a sentence; says when the key's own expiry comes first. */
function Until({ keyView, graceSeconds }: { keyView: KeyView; graceSeconds: number }) {
  const { now, zone } = useClock();
  if (!gracePeriodSchema.safeParse(graceSeconds).success || graceSeconds === 0) return null;
  const wanted = new Date(now.getTime() + graceSeconds * 1000);
  const isCutShort = keyView.expiresAt !== null && keyView.expiresAt < wanted;
  const until = isCutShort && keyView.expiresAt ? keyView.expiresAt : wanted;
  return (
    <div>
      <GraceAxis from={now} to={until} fromWord="now" />
      <p className="help gap">
        {isCutShort
          ? `It expires ${weekdayWords(until, now, zone)} anyway; rotating does not extend it.`
          : `Until ${weekdayWords(until, now, zone)}. You can end it earlier.`}
      </p>
    </div>
  );
}
