"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogFoot } from "#components/ui/dialog.tsx";
import { Note } from "#components/ui/note.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useAct } from "#components/ui/use-act.ts";
import type { Receipt as ReceiptData } from "#lib/events/receipt.ts";
import type { KeyView } from "#lib/keys/key-view.ts";
import { EndConsequence } from "./end-consequence.tsx";
import type { KeyActions } from "./key-actions.ts";
import { ReceiptDialog } from "./receipt-dialog.tsx";
import { useKeyUse } from "./use-key-use.ts";
import { Waiting } from "./waiting.tsx";

const EVERY_MS = 5000;

/** Ends the old key before its time. Its act is red unless everybody has moved. */
export function EndGraceDialog({
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
  const { use, isStale } = useKeyUse(keyView.id, actions, { everyMs: EVERY_MS });
  const [receipt, setReceipt] = useState<ReceiptData>();
  const { run, isPending, failure } = useAct<{ receipt: ReceiptData }>((data) => setReceipt(data.receipt));
  const verdict = isStale ? undefined : use?.handOver?.verdict;
  const isSafe = verdict === "safe_all_moved" || verdict === "safe_unused";

  if (receipt !== undefined) {
    return (
      <ReceiptDialog
        title="The old key has ended"
        receipt={receipt}
        verb="ended"
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
      title="End the old key now?"
      firstFocus="[data-safe]"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(() => actions.endGrace({ keyId: keyView.id }));
        }}
      >
        <DialogBody>
          <div aria-busy={use === undefined}>
            {use === undefined && <Skeleton rows={2} />}
            {use !== undefined && isStale && <Note>Checking…</Note>}
            {use?.handOver !== undefined && !isStale && <EndConsequence handOver={use.handOver} />}
          </div>
          {isPending && <Waiting />}
          {failure !== undefined && <Note tone="bad">{failure.message}</Note>}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose} data-safe>
            Keep it
          </Button>
          <Button type="submit" variant={isSafe ? "default" : "danger"} isPending={isPending} pendingLabel="Ending…">
            End old key
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
