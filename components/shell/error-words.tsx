import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";

export type ErrorWordsProps = {
  status: string;
  requestId?: string | null;
  title: string;
  words: string;
  /** Before the way to the keys. */
  acts?: ReactNode;
};

/** What went wrong, under which number the log has it, and what to do next. */
export function ErrorWords({ status, requestId, title, words, acts }: ErrorWordsProps) {
  return (
    <>
      <p className="req">{requestId ? `${status} · request ${requestId}` : status}</p>
      <h1 tabIndex={-1}>{title}</h1>
      <p className="lead">{words}</p>
      <div className="row wrap acts">
        {acts}
        <Button asChild>
          <Link prefetch={false} href="/keys">
            Go to API keys
          </Link>
        </Button>
      </div>
    </>
  );
}
