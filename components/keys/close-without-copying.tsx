"use client";

import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogFoot } from "#components/ui/dialog.tsx";

/** The one question that may stand above a dialog: the key would be lost. */
export function CloseWithoutCopying({ onGoBack, onClose }: { onGoBack: () => void; onClose: () => void }) {
  return (
    <Dialog
      isOpen
      role="alertdialog"
      onClose={onGoBack}
      title="Close without copying?"
      description="You have not copied or downloaded this key. It cannot be shown again; you would have to rotate it."
      width="narrow"
      firstFocus="[data-safe]"
    >
      <DialogFoot>
        <Button onClick={onClose}>Close anyway</Button>
        <Button variant="primary" onClick={onGoBack} data-safe>
          Go back
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
