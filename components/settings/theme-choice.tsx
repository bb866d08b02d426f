"use client";

import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";
import { Segments } from "#components/ui/segments.tsx";

const CHOICES = [
  ["system", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const;

/** Which theme the pages have in this browser. The server does not know it, so nothing is pressed in its HTML. */
export function ThemeChoice() {
  const { theme, setTheme } = useTheme();
  const isInBrowser = useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
  return (
    <fieldset>
      <legend className="legend">Theme</legend>
      <Segments label="Theme">
        {CHOICES.map(([value, label]) => (
          <button
            key={value}
            type="button"
            aria-pressed={isInBrowser && theme === value}
            onClick={() => setTheme(value)}
          >
            {label}
          </button>
        ))}
      </Segments>
    </fieldset>
  );
}
