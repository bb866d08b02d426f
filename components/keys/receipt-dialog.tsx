"use client";

import { useEffect } from "react";
import { useAnnounce } from "#components/ui/announcer.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogFoot } from "#components/ui/dialog.tsx";
import type { Receipt as ReceiptData } from "#lib/events/receipt.ts";
import { Receipt } from "./receipt.tsx";

/** What stands in a dialog's place after an act: the proof. Its title takes the focus. */
export function ReceiptDialog({
  title,
  receipt,
  verb,
  onClose,
  onClosed,
}: {
  title: string;
  receipt: ReceiptData;
  verb: string;
  onClose: () => void;
  onClosed: () => boolean;
}) {
  const announce = useAnnounce();
  useEffect(() => announce(title), [announce, title]);
  return (
    <Dialog isOpen onClose={onClose} onClosed={onClosed} title={title} firstFocus="h2">
      <DialogBody>
        <Receipt receipt={receipt} verb={verb} />
      </DialogBody>
      <DialogFoot>
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
