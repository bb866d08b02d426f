"use client";

import { useRouter } from "next/navigation";
import { useCallback } from "react";
import { Button } from "#components/ui/button.tsx";
import { showNotSaved, showSaved } from "#components/ui/toaster.tsx";
import { useAct } from "#components/ui/use-act.ts";
import type { SettingsActions } from "./settings-actions.ts";

/** Ends one session. */
export function EndSessionButton({
  sessionId,
  browser,
  endSession,
}: {
  sessionId: string;
  browser: string;
  endSession: SettingsActions["endSession"];
}) {
  const router = useRouter();
  const { run, isPending } = useAct<void>(
    useCallback(() => {
      showSaved("Session ended");
      router.refresh();
    }, [router]),
  );
  const end = () =>
    run(async () => {
      const answer = await endSession({ sessionId });
      if (!answer.ok) showNotSaved(answer.error.message);
      return answer;
    });
  return (
    <Button size="small" aria-label={`End ${browser}`} isPending={isPending} pendingLabel="Ending…" onClick={end}>
      End
    </Button>
  );
}
