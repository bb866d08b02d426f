import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";

export type ErrorWordsProps = {
  status: string;
  requestId?: string | null;
  title: string;
  words: string;
  /** Before the way on. */
  acts?: ReactNode;
  /** Where to go on; to the keys, unless said. */
  way?: { href: string; label: string };
};

const TO_KEYS = { href: "/keys", label: "Go to API keys" };

/** What went wrong, under which number the log has it, and what to do next. */
export function ErrorWords({ status, requestId, title, words, acts, way = TO_KEYS }: ErrorWordsProps) {
  return (
    <>
      <p className="req">{requestId ? `${status} · request ${requestId}` : status}</p>
      <h1 tabIndex={-1}>{title}</h1>
      <p className="lead">{words}</p>
      <div className="row wrap acts">
        {acts}
        <Button asChild>
          <Link prefetch={false} href={way.href}>
            {way.label}
          </Link>
        </Button>
      </div>
    </>
  );
}
