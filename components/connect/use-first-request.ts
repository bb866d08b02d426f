"use client";

import { useEffect, useState } from "react";
import { type Answer, ask } from "#components/ui/answer.ts";
import type { FirstRequest } from "#lib/connect/find-first-request.ts";
import type { Method } from "#lib/connect/snippet.ts";

export type FindFirstRequest = (input: unknown) => Promise<Answer<FirstRequest | undefined>>;
export type Watched = { client: string; method: Method; since: Date; keyId: string | undefined };

const EVERY_MS = 5000;
const LONG_MS = 120_000;
const MISSES_MAX = 2;

/**
 * Looks every 5 s, while the tab is visible, whether the client has come.
 * @returns what was seen of it; `isLong` after two minutes without; `isDeaf` when the last two looks got no answer.
 */
export function useFirstRequest(
  find: FindFirstRequest,
  { client, method, since, keyId }: Watched,
): { found: FirstRequest | undefined; isLong: boolean; isDeaf: boolean } {
  const [found, setFound] = useState<FirstRequest>();
  const [isLong, setIsLong] = useState(false);
  const [misses, setMisses] = useState(0);
  const sinceMs = since.getTime();

  useEffect(() => {
    setFound(undefined);
    setIsLong(false);
    setMisses(0);
    let isOver = false;
    async function look() {
      if (document.hidden || isOver) return;
      const answer = await ask(() => find({ client, method, since: new Date(sinceMs), keyId }));
      if (isOver) return;
      setMisses((count) => (answer.ok ? 0 : count + 1));
      if (!answer.ok || answer.data === undefined) return;
      setFound(answer.data);
      stop();
    }
    const timer = setInterval(() => void look(), EVERY_MS);
    const late = setTimeout(() => setIsLong(true), LONG_MS);
    const onVisible = () => void look();
    document.addEventListener("visibilitychange", onVisible);
    function stop() {
      isOver = true;
      clearInterval(timer);
      clearTimeout(late);
      document.removeEventListener("visibilitychange", onVisible);
    }
    void look();
    return stop;
  }, [find, client, method, sinceMs, keyId]);

  return { found, isLong, isDeaf: misses >= MISSES_MAX };
}
