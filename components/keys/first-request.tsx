"use client";

import { useEffect } from "react";
import { useAnnounce } from "#components/ui/announcer.tsx";
import { useClock } from "#components/ui/clock.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { clockWords } from "#lib/time-words.ts";
import type { KeyActions } from "./key-actions.ts";
import { useKeyUse } from "./use-key-use.ts";

const EVERY_MS = 5000;

/** Waits for the first request with a new key and says when it came. Looks every 5 s while the tab is visible. */
export function FirstRequest({ keyId, actions }: { keyId: string; actions: KeyActions }) {
  const { use } = useKeyUse(keyId, actions, { everyMs: EVERY_MS });
  const { zone } = useClock();
  const announce = useAnnounce();
  const usedAt = use?.key.lastUsedAt ?? null;
  const isConnected = usedAt !== null;
  useEffect(() => {
    if (isConnected) announce("Connected.");
  }, [isConnected, announce]);

  if (use === undefined || usedAt === null) {
    return (
      <p className="live">
        <span className="beat" aria-hidden="true" />
        Waiting for the first request with this key
      </p>
    );
  }
  return (
    <p className="live on">
      <span className="beat" aria-hidden="true" />
      <span>
        <b>Connected.</b> <ForeignText max={40}>{use.key.lastUsedClient ?? "A client"}</ForeignText>{" "}
        {use.operation === undefined ? "made a request" : <>called {use.operation}</>} at {clockWords(usedAt, zone)}.
      </span>
    </p>
  );
}
