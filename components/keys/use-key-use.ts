"use client";

import { useEffect, useState } from "react";
import { ask } from "#components/ui/answer.ts";
import type { KeyUse } from "#lib/keys/key-use.ts";
import type { KeyActions } from "./key-actions.ts";

const STALE_MS = 10_000;

/**
 * Who uses a key, read from the server; with `everyMs` again and again while the tab is visible.
 * `isStale`: older than 10 s, so no verdict may stand on it. `hasFailed`: the last reading got no answer.
 */
export function useKeyUse(
  keyId: string,
  actions: Pick<KeyActions, "readUse">,
  options: { initial?: KeyUse; everyMs?: number } = {},
): { use: KeyUse | undefined; isStale: boolean; hasFailed: boolean } {
  const { initial, everyMs } = options;
  const [use, setUse] = useState(initial);
  const [readAt, setReadAt] = useState(initial === undefined ? Number.NEGATIVE_INFINITY : 0);
  const [hasFailed, setHasFailed] = useState(false);
  const [isStale, setIsStale] = useState(false);

  // A refresh of the page brings newer data than the last reading.
  useEffect(() => {
    if (initial === undefined) return;
    setUse(initial);
    setReadAt(performance.now());
  }, [initial]);

  useEffect(() => {
    let isOver = false;
    async function read() {
      if (document.hidden) return;
      const answer = await ask(() => actions.readUse({ keyId }));
      if (isOver) return;
      setHasFailed(!answer.ok);
      if (!answer.ok) return;
      setUse(answer.data);
      setReadAt(performance.now());
    }
    if (initial === undefined) void read();
    const stop = () => {
      isOver = true;
    };
    if (everyMs === undefined) return stop;
    const timer = setInterval(() => void read(), everyMs);
    const onVisible = () => void read();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      stop();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [keyId, actions, initial, everyMs]);

  useEffect(() => {
    const check = () => setIsStale(performance.now() - readAt > STALE_MS);
    check();
    const timer = setInterval(check, 1000);
    return () => clearInterval(timer);
  }, [readAt]);

  return { use, isStale, hasFailed };
}
