"use client";

import { useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";

/** Long enough for a page that is left to be gone. */
const STAYED_MS = 1_500;

/**
 * Deny and Allow, equal in weight; a form is sent once. Where the answer opens another program, this page stays, and says what
 * happened. Without scripts they are two buttons.
 */
export function ConsentButtons({ app, stays }: { app: string; stays: boolean }) {
  const ref = useRef<HTMLDivElement>(null);
  const [sent, setSent] = useState<string>();
  const [isStill, setIsStill] = useState(false);
  useEffect(() => {
    const form = ref.current?.closest("form");
    let isSent = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onSubmit = (event: SubmitEvent) => {
      if (isSent) return event.preventDefault();
      isSent = true;
      const { submitter } = event;
      setSent(submitter instanceof HTMLButtonElement ? submitter.value : undefined);
      timer = setTimeout(() => setIsStill(true), STAYED_MS);
    };
    // Back from the app's page, out of the browser's memory: the server knows best what became of the request.
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) location.reload();
    };
    form?.addEventListener("submit", onSubmit);
    addEventListener("pageshow", onShow);
    return () => {
      clearTimeout(timer);
      form?.removeEventListener("submit", onSubmit);
      removeEventListener("pageshow", onShow);
    };
  }, []);
  return (
    <div ref={ref}>
      {stays && isStill ? (
        <p role="status">
          {sent === "deny"
            ? `Denied. ${app} was told and got nothing. You can close this tab.`
            : `Allowed. Go back to ${app}; you can close this tab. If your browser asks to open it, accept.`}
        </p>
      ) : (
        <div className="pairbtn">
          <Button type="submit" name="answer" value="deny" aria-busy={sent === "deny" || undefined}>
            Deny
          </Button>
          <Button type="submit" name="answer" value="allow" aria-busy={sent === "allow" || undefined}>
            Allow
          </Button>
        </div>
      )}
    </div>
  );
}
