"use client";

import { useSyncExternalStore } from "react";

const STORED = "single-keys";
const CHANGED = "single-keys-changed";

/** Whether shortcuts of one key act, in this browser (WCAG 2.2, 2.1.4). On until somebody turns them off in Settings. */
export function areSingleKeysOn(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    // Storage is blocked in this browser.
    return true;
  }
}

/** The same as state, and how to change it. On in the server's HTML. */
export function useSingleKeys(): [isOn: boolean, set: (isOn: boolean) => void] {
  const isOn = useSyncExternalStore(subscribe, areSingleKeysOn, () => true);
  return [isOn, setSingleKeys];
}

function setSingleKeys(isOn: boolean): void {
  localStorage.setItem(STORED, isOn ? "on" : "off");
  dispatchEvent(new Event(CHANGED));
}

function subscribe(onChange: () => void): () => void {
  // `storage` tells of other tabs only.
  for (const name of [CHANGED, "storage"]) addEventListener(name, onChange);
  return () => {
    for (const name of [CHANGED, "storage"]) removeEventListener(name, onChange);
  };
}
