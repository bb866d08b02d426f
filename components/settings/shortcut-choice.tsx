"use client";

import { useSingleKeys } from "#components/shell/single-keys.ts";

/** Whether shortcuts of one key act in this browser. */
export function ShortcutChoice() {
  const [isOn, setIsOn] = useSingleKeys();
  return (
    <label className="row">
      <input type="checkbox" checked={isOn} onChange={(event) => setIsOn(event.target.checked)} />
      <span>
        Single-key shortcuts{" "}
        <span className="muted">
          (press <kbd className="inline">?</kbd> for the list)
        </span>
      </span>
    </label>
  );
}
