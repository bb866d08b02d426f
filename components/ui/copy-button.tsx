"use client";

import { Check, Copy } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useAnnounce } from "./announcer.tsx";
import { Button } from "./button.tsx";

/**
 * Copies `text`. Where the browser refuses, the text in `selectable` is selected and the label says what to press.
 * `what`: completes the name "Copy {what}".
 */
export function CopyButton({
  text,
  what,
  variant,
  size,
  selectable,
  onCopied,
}: {
  text: string;
  what: string;
  variant?: "primary" | "quiet" | undefined;
  size?: "small";
  selectable?: RefObject<HTMLElement | null>;
  onCopied?: () => void;
}) {
  const [label, setLabel] = useState("Copy");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const announce = useAnnounce();
  useEffect(() => () => clearTimeout(timer.current), []);

  async function onClick() {
    clearTimeout(timer.current);
    try {
      await navigator.clipboard.writeText(text);
      setLabel("Copied");
      announce("Copied");
      onCopied?.();
      timer.current = setTimeout(() => setLabel("Copy"), 2000);
    } catch {
      if (selectable?.current) getSelection()?.selectAllChildren(selectable.current);
      setLabel("Press Ctrl C");
      announce("Press Ctrl C");
    }
  }

  const Icon = label === "Copied" ? Check : Copy;
  return (
    <Button variant={variant} size={size} aria-label={label === "Copy" ? `Copy ${what}` : undefined} onClick={onClick}>
      <Icon className="icon" aria-hidden="true" />
      <span>{label}</span>
    </Button>
  );
}
