"use client";

import { type FormEvent, useRef, useState } from "react";
import { ReceiptDialog } from "#components/keys/receipt-dialog.tsx";
import { Waiting } from "#components/keys/waiting.tsx";
import type { Answer } from "#components/ui/answer.ts";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/clock.tsx";
import { Dialog, DialogBody, DialogFoot } from "#components/ui/dialog.tsx";
import { Note } from "#components/ui/note.tsx";
import { type Failure, useAct } from "#components/ui/use-act.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import type { ProductView } from "#lib/grants/group-grants.ts";
import type { GrantView } from "#lib/grants/list-grants.ts";
import { AppName } from "./app-name.tsx";
import { appNameWords, consequenceWords, lastUseWords } from "./app-words.ts";

/** What is withdrawn, and how. */
export type WithdrawSubject = {
  products: readonly ProductView[];
  installations: readonly GrantView[];
  run: () => Promise<Answer<{ receipt: Receipt }>>;
};

/** Says who loses access, and shows the receipt. */
export function WithdrawDialog({
  subject,
  onClose,
  onDone,
  onClosed,
}: {
  subject: WithdrawSubject;
  onClose: () => void;
  /** Closed after the act. */
  onDone: () => void;
  onClosed: () => boolean;
}) {
  // The page may be read again while this is open; what it is about stays.
  const { products, installations, run: withdraw } = useRef(subject).current;
  const [receipt, setReceipt] = useState<Receipt>();
  const { run, isPending, failure } = useAct<{ receipt: Receipt }>((data) => setReceipt(data.receipt));
  const [product] = products;
  const isOne = products.length === 1 && product !== undefined;

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    void run(withdraw);
  }

  if (receipt !== undefined) {
    const title = isOne ? `${appNameWords(product)} is withdrawn` : `All ${products.length} apps are withdrawn`;
    return <ReceiptDialog title={title} receipt={receipt} verb="withdrawn" onClose={onDone} onClosed={onClosed} />;
  }
  return (
    <Dialog
      isOpen
      role="alertdialog"
      onClose={isPending ? () => undefined : onClose}
      onClosed={onClosed}
      title={
        isOne ? (
          <>
            Withdraw <AppName {...product} />?
          </>
        ) : (
          `Withdraw all ${products.length} apps?`
        )
      }
      firstFocus="[data-safe]"
    >
      <form onSubmit={onSubmit}>
        <DialogBody>
          <p>{consequenceWords(installations.length, products.length)}</p>
          {isOne ? <LastUse installations={installations} /> : <Names products={products} />}
          {isPending && <Waiting />}
          {failure !== undefined && <Note tone="bad">{notWithdrawn(failure)}</Note>}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose} data-safe>
            {isOne ? "Keep it" : "Keep them"}
          </Button>
          <Button type="submit" variant="danger" isPending={isPending} pendingLabel="Withdrawing…">
            Withdraw
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

/** Who stops working: the newest use, if there was one. */
function LastUse({ installations }: { installations: readonly GrantView[] }) {
  const [newest] = installations.toSorted((a, b) => (b.lastUsedAt?.getTime() ?? 0) - (a.lastUsedAt?.getTime() ?? 0));
  if (!newest?.lastUsedAt) return <Note>Never used.</Note>;
  const words = lastUseWords(newest);
  return (
    <Note tone="warn">
      Last used <RelativeTime at={newest.lastUsedAt} />
      {words !== "" && (
        <>
          {" "}
          by <bdi>{words}</bdi>
        </>
      )}
      .
    </Note>
  );
}

const NAMES_SHOWN = 5;

function Names({ products }: { products: readonly ProductView[] }) {
  const names = products.slice(0, NAMES_SHOWN).map(appNameWords).join(", ");
  const more = products.length - NAMES_SHOWN;
  return (
    <Note tone="warn">
      <bdi>{names}</bdi>
      {more > 0 && ` and ${more} more`}.
    </Note>
  );
}

/** What a failure leaves behind. Only a refusal that undid the act may say that the app still works. */
function notWithdrawn({ code, message }: Failure): string {
  if (code === "no_answer") return "No answer came: the app may be withdrawn or not. Reload to see.";
  if (code === "grant_not_found") return "It is withdrawn already. Reload to see.";
  return `Not withdrawn; the app still works. ${message}`;
}
