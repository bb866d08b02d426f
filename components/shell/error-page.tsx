import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { FocusPage } from "./focus-page.tsx";

/** A page that says what went wrong and what to do next. `acts`: before the way to the keys. */
export function ErrorPage({
  host,
  status,
  requestId,
  title,
  words,
  acts,
}: {
  host: string;
  status: string;
  requestId?: string | null;
  title: string;
  words: string;
  acts?: ReactNode;
}) {
  return (
    <FocusPage host={host}>
      <p className="req">{requestId ? `${status} · request ${requestId}` : status}</p>
      <h1 tabIndex={-1}>{title}</h1>
      <p className="lead">{words}</p>
      <div className="row wrap acts">
        {acts}
        <Button asChild>
          <Link href="/keys">Go to API keys</Link>
        </Button>
      </div>
    </FocusPage>
  );
}
