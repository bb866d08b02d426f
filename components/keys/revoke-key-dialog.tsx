"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/clock.tsx";
import { Dialog, DialogBody, DialogFoot } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Note } from "#components/ui/note.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { type Failure, useAct } from "#components/ui/use-act.ts";
import type { Receipt as ReceiptData } from "#lib/events/receipt.ts";
import type { KeyUse } from "#lib/keys/key-use.ts";
import type { KeyView } from "#lib/keys/key-view.ts";
import { countWords } from "#lib/number-words.ts";
import { ClientNames } from "./client-names.tsx";
import type { KeyActions } from "./key-actions.ts";
import { ReceiptDialog } from "./receipt-dialog.tsx";
import { prefixWords } from "./status-words.ts";
import { useKeyUse } from "./use-key-use.ts";
import { Waiting } from "./waiting.tsx";

const TYPE_IT = "Type the name exactly, or paste it.";

/** Says who stops working, asks for the name of a key in use, and shows the receipt. */
export function RevokeKeyDialog({
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
  const { use } = useKeyUse(keyView.id, actions);
  const [typedName, setTypedName] = useState("");
  const [receipt, setReceipt] = useState<ReceiptData>();
  const { run, isPending, failure, setFailure } = useAct<{ receipt: ReceiptData }>((data) => setReceipt(data.receipt));
  // The server asks for it too when it knows of a use that this dialog has not seen.
  const mustType = use?.mustTypeName === true || failure?.field === "typedName";

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    if (mustType && typedName.trim().normalize("NFC") !== keyView.name.trim().normalize("NFC")) {
      setFailure({ message: `Type ${keyView.name} exactly, or paste it.`, field: "typedName" });
      return;
    }
    void run(() => actions.revoke({ keyId: keyView.id, typedName: mustType ? typedName : undefined }));
  }

  if (receipt !== undefined) {
    return (
      <ReceiptDialog
        title={`${keyView.name} is revoked`}
        receipt={receipt}
        verb="revoked"
        onClose={() => onChanged(keyView.id)}
        onClosed={onClosed}
      />
    );
  }
  return (
    <Dialog
      isOpen
      role="alertdialog"
      onClose={isPending ? () => undefined : onClose}
      onClosed={onClosed}
      title={`Revoke ${keyView.name}?`}
      firstFocus="[data-safe]"
    >
      <form noValidate onSubmit={onSubmit}>
        <DialogBody>
          <p>
            Every request with <code>{prefixWords(keyView)}</code> is refused from this moment. This cannot be undone.
          </p>
          <div aria-busy={use === undefined}>
            {use === undefined ? <Skeleton rows={2} /> : <Consequence use={use} />}
          </div>
          {mustType && (
            <Field
              label={
                <>
                  Type <b>{keyView.name}</b> to confirm
                </>
              }
              autoComplete="off"
              spellCheck={false}
              value={typedName}
              onChange={(event) => setTypedName(event.target.value)}
              error={failure?.field === "typedName" ? (failure.message ?? TYPE_IT) : undefined}
              autoFocus
            />
          )}
          {isPending && <Waiting />}
          {failure !== undefined && failure.field !== "typedName" && <Note tone="bad">{notRevoked(failure)}</Note>}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose} data-safe>
            Keep key
          </Button>
          <Button type="submit" variant="danger" isPending={isPending} pendingLabel="Revoking…">
            Revoke key
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function Consequence({ use }: { use: KeyUse }) {
  const { recent, key } = use;
  if (recent.length > 0) {
    return (
      <Note tone="warn">
        <b>In use now.</b> {countWords(recent.length, "client")} used it in the last 24 hours:{" "}
        <ClientNames clients={recent} />. {recent.length === 1 ? "It" : "They"} will stop working.
      </Note>
    );
  }
  if (key.lastUsedAt === null) return <Note>Never used.</Note>;
  return (
    <Note tone={use.mustTypeName ? "warn" : "plain"}>
      Last used <RelativeTime at={key.lastUsedAt} />
      {key.lastUsedClient !== null && (
        <>
          {" "}
          by <ForeignText max={40}>{key.lastUsedClient}</ForeignText>
        </>
      )}
      .
    </Note>
  );
}

/** What a failure leaves behind. Only a refusal that undid the act may say that the key still works. */
function notRevoked({ code, message }: Failure): string {
  if (code === "no_answer") return "No answer came: the key may be revoked or not. Reload to see its state.";
  if (code === "key_not_active") return message;
  return `Not revoked; the key still works. ${message}`;
}
