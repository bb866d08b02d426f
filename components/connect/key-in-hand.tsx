import Link from "next/link";
import { SAMPLE_KEY } from "#lib/connect/snippet.ts";
import type { MadeKey } from "./made-key.ts";

/**
 * Whose key is in the texts below; without one, where to get one. `isSampled`: {@link SAMPLE_KEY} stands in its place.
 */
export function KeyInHand({ made, isSampled }: { made: MadeKey | undefined; isSampled: boolean }) {
  if (made !== undefined) {
    return (
      <p className="small any">
        With your new key {made.name}, <code>{made.prefix}</code>. It is here until you leave this page. What you copy
        holds it whole.
      </p>
    );
  }
  return (
    <p className="small any">
      {isSampled && (
        <>
          <code>{SAMPLE_KEY}</code> stands for a key.{" "}
        </>
      )}
      A key is shown once:{" "}
      <Link prefetch={false} href="/keys?dialog=create">
        make a new one
      </Link>{" "}
      and choose Connect a client there, or rotate the one that you lost.
    </p>
  );
}
