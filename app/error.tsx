"use client";

import { useSyncExternalStore } from "react";
import { ErrorPage } from "#components/shell/error-page.tsx";
import { Button } from "#components/ui/button.tsx";

/** What stands in for a page that failed to render. The digest is in the server's log beside the error. */
export default function FailedPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const host = useSyncExternalStore(
    () => () => undefined,
    () => location.host,
    () => "",
  );
  return (
    <ErrorPage
      host={host}
      status="500"
      requestId={error.digest ?? null}
      title="Something failed here"
      words="Check whether your last change was saved before you repeat it. Give your operator the request number."
      acts={<Button onClick={reset}>Try again</Button>}
    />
  );
}
