"use client";

import { useCallback, useRef, useState } from "react";
import { type Answer, ask } from "./answer.ts";

export type Failure = {
  message: string;
  field: string | undefined;
  /** The server's code; `no_answer` when none came, so that the act may have happened. */
  code?: string;
};

/**
 * One act of a form or a dialog: pending, failed or done. While one is in flight another call does nothing, so a double
 * click or a second Enter acts once.
 */
export function useAct<Data>(onDone: (data: Data) => void) {
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const inFlight = useRef(false);

  const run = useCallback(
    async (call: () => Promise<Answer<Data>>) => {
      if (inFlight.current) return;
      inFlight.current = true;
      setIsPending(true);
      setFailure(undefined);
      const answer = await ask(call);
      inFlight.current = false;
      setIsPending(false);
      if (answer.ok) {
        onDone(answer.data);
        return;
      }
      const field = answer.error.details["field"];
      const { code, message } = answer.error;
      setFailure({ code, message, field: typeof field === "string" ? field : undefined });
    },
    [onDone],
  );
  return { run, isPending, failure, setFailure };
}
