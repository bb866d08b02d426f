"use client";

import { useEffect, useRef } from "react";
import { ForeignText } from "#components/ui/foreign-text.tsx";

/** A name of 64 characters, and the words around it. */
const HEADING_MAX = 128;

/** The heading of one step. It takes the focus, so that no button does, when the page loads and when a step follows another. */
export function DeviceTitle({ children }: { children: string }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  return (
    // biome-ignore lint/a11y/noAutofocus: the heading is where reading starts, and Allow must never be
    <h1 ref={ref} tabIndex={-1} autoFocus>
      <ForeignText max={HEADING_MAX}>{children}</ForeignText>
    </h1>
  );
}
