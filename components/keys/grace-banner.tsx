"use client";

import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { useClock } from "#components/ui/clock.tsx";
import type { KeyView } from "#lib/keys/key-view.ts";
import { countWords } from "#lib/number-words.ts";
import { durationWords } from "#lib/time-words.ts";
import { GraceBar } from "./grace-bar.tsx";
import { useKeyDialogs } from "./key-dialogs.tsx";

/** An old key that ends soon and is still in use. */
export function GraceBanner({ keyView, clients }: { keyView: KeyView; clients: number }) {
  const { now } = useClock();
  const { open, nameOf } = useKeyDialogs();
  const left = (keyView.worksUntil?.getTime() ?? 0) - now.getTime();
  if (left <= 0) return null;
  return (
    <section className="notice" aria-label="Needs attention">
      <GraceBar keyView={keyView} />
      <p>
        <b>
          The old key of {nameOf(keyView)} ends in {durationWords(left)}
        </b>
        ; {countWords(clients, "client")} still {clients === 1 ? "uses" : "use"} it.
      </p>
      <div className="btns">
        <Button size="small" onClick={() => open("more-time", keyView.id)}>
          Give it more time
        </Button>
        <Button asChild size="small">
          <Link prefetch={false} href={`/keys/${keyView.id}`}>
            Show who
          </Link>
        </Button>
      </div>
    </section>
  );
}
