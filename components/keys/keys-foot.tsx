import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import type { ListKeysInput } from "#lib/keys/schemas.ts";
import { countWords, numberWords } from "#lib/number-words.ts";
import { listHref } from "./list-href.ts";

/** How many keys there are, and the way to the other pages of the list. */
export function KeysFoot({
  input,
  shown,
  total,
  previousCursor,
  nextCursor,
}: {
  input: ListKeysInput;
  shown: number;
  total: number;
  previousCursor: string | undefined;
  nextCursor: string | undefined;
}) {
  const isFirst = previousCursor === undefined;
  const isWhole = isFirst && nextCursor === undefined;
  return (
    <div className="foot">
      <p>{isWhole || !isFirst ? countWords(total, "key") : `1–${numberWords(shown)} of ${numberWords(total)}`}</p>
      {!isWhole && (
        <nav className="row tight" aria-label="Pages">
          {previousCursor !== undefined && (
            <Button asChild variant="quiet" size="small">
              <Link prefetch={false} href={listHref({ ...input, cursor: previousCursor })}>
                Previous
              </Link>
            </Button>
          )}
          {nextCursor !== undefined && (
            <Button asChild variant="quiet" size="small">
              <Link prefetch={false} href={listHref({ ...input, cursor: nextCursor })}>
                Next
              </Link>
            </Button>
          )}
        </nav>
      )}
    </div>
  );
}
