"use client";

import { useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";

/** Deny and Allow, alike in size and style; a form is sent once. Without scripts they are two buttons, and the server counts. */
export function ConsentButtons() {
  const ref = useRef<HTMLDivElement>(null);
  const [sent, setSent] = useState<string>();
  useEffect(() => {
    const form = ref.current?.closest("form");
    let isSent = false;
    const onSubmit = (event: SubmitEvent) => {
      if (isSent) return event.preventDefault();
      isSent = true;
      const { submitter } = event;
      setSent(submitter instanceof HTMLButtonElement ? submitter.value : undefined);
    };
    // Back from the app's page, out of the browser's memory: the server knows what became of the request.
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) location.reload();
    };
    form?.addEventListener("submit", onSubmit);
    addEventListener("pageshow", onShow);
    return () => {
      form?.removeEventListener("submit", onSubmit);
      removeEventListener("pageshow", onShow);
    };
  }, []);
  return (
    <div ref={ref} className="pairbtn">
      <Button type="submit" name="answer" value="deny" aria-busy={sent === "deny" || undefined}>
        Deny
      </Button>
      <Button type="submit" name="answer" value="allow" aria-busy={sent === "allow" || undefined}>
        Allow
      </Button>
    </div>
  );
}
