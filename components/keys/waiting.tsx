"use client";

import { useEffect, useState } from "react";

const AFTER_MS = 300;

/** Says that the act waits for the gateways, once that takes longer than a glance. */
export function Waiting() {
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsShown(true), AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isShown) return null;
  return (
    <output className="receipt">
      <span className="meta">Waiting for all gateways</span>
    </output>
  );
}
