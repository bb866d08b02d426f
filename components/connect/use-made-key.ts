"use client";

import { useEffect, useState } from "react";
import { type MadeKey, receiveKey } from "./made-key.ts";

/** The key that the last page handed on; forgotten when this page is left, hidden for good or restored. */
export function useMadeKey(): MadeKey | undefined {
  const [key, setKey] = useState<MadeKey>();
  useEffect(() => {
    const received = receiveKey();
    if (received !== undefined) setKey(received);
    const forget = () => setKey(undefined);
    addEventListener("pagehide", forget);
    return () => removeEventListener("pagehide", forget);
  }, []);
  return key;
}
