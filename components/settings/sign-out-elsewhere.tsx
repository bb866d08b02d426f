"use client";

import { useRouter } from "next/navigation";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useCallback } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogFoot } from "#components/ui/dialog.tsx";
import { Note } from "#components/ui/note.tsx";
import { showSaved } from "#components/ui/toaster.tsx";
import { useAct } from "#components/ui/use-act.ts";
import type { SettingsActions } from "./settings-actions.ts";

const DIALOG = parseAsStringLiteral(["sign-out-elsewhere"]).withOptions({ history: "push" });

/** Ends all sessions but this one, after saying how many. `others`: over 0. */
export function SignOutElsewhere({
  others,
  endOtherSessions,
}: {
  others: number;
  endOtherSessions: SettingsActions["endOtherSessions"];
}) {
  const router = useRouter();
  const [dialog, setDialog] = useQueryState("dialog", DIALOG);
  const close = useCallback(() => void setDialog(null, { history: "replace" }), [setDialog]);
  const { run, isPending, failure } = useAct<{ ended: number }>(
    useCallback(
      ({ ended }) => {
        close();
        showSaved(ended === 1 ? "Session ended" : `${ended} sessions ended`);
        router.refresh();
      },
      [close, router],
    ),
  );
  return (
    <div>
      <Button onClick={() => void setDialog("sign-out-elsewhere")}>Sign out everywhere else</Button>
      <Dialog
        isOpen={dialog === "sign-out-elsewhere"}
        onClose={close}
        role="alertdialog"
        width="narrow"
        title="Sign out everywhere else?"
        description={`${others === 1 ? "1 browser is" : `${others} browsers are`} signed out. Apps and keys stay connected.`}
        firstFocus="[data-safe]"
      >
        {failure !== undefined && (
          <DialogBody>
            <Note tone="bad">{failure.message}</Note>
          </DialogBody>
        )}
        <DialogFoot>
          <Button data-safe="" onClick={close}>
            Cancel
          </Button>
          <Button
            variant="danger"
            isPending={isPending}
            pendingLabel="Signing out…"
            onClick={() => run(() => endOtherSessions({}))}
          >
            Sign out
          </Button>
        </DialogFoot>
      </Dialog>
    </div>
  );
}
