"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { ErrorPage } from "#components/shell/error-page.tsx";
import { Button } from "#components/ui/button.tsx";

const EVERY_MS = 5000;

/**
 * What stands in for a page that failed to render. The digest is in the server's log beside the error. Where the server says
 * that it lacks its database, the page says so and comes back by itself.
 */
export default function FailedPage({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  const isDown = useIsDown(retry);
  const host = useSyncExternalStore(
    () => () => undefined,
    () => location.host,
    () => "",
  );
  const requestId = error.digest ?? null;
  if (isDown) {
    return (
      <ErrorPage
        host={host}
        status="503"
        requestId={requestId}
        title="The database does not answer"
        words="Sign-in and changes wait. This page tries again every 5 s."
      />
    );
  }
  return (
    <ErrorPage
      host={host}
      status="500"
      requestId={requestId}
      title="Something failed here"
      words="Check whether your last change was saved before you repeat it. Give your operator the request number."
      acts={<Button onClick={retry}>Try again</Button>}
    />
  );
}

/** Asks the server whether it is ready; once it is again, renders the page anew. */
function useIsDown(retry: () => void): boolean {
  const [isDown, setIsDown] = useState(false);
  useEffect(() => {
    let wasDown = false;
    async function look() {
      if (document.hidden) return;
      const answer = await fetch("/ready", { cache: "no-store" }).catch(() => undefined);
      const isDownNow = answer === undefined || answer.status === 503;
      if (wasDown && !isDownNow) retry();
      wasDown = isDownNow;
      setIsDown(isDownNow);
    }
    void look();
    const timer = setInterval(() => void look(), EVERY_MS);
    return () => clearInterval(timer);
  }, [retry]);
  return isDown;
}
