"use client";

import { useSyncExternalStore } from "react";
import { Toaster as Sonner, toast } from "sonner";

const NARROW = "(max-width: 860px)";

/** Where toasts stand: bottom right, top on small screens; at most three. Mounted once. */
export function Toaster() {
  const isNarrow = useSyncExternalStore(
    (onChange) => {
      const query = matchMedia(NARROW);
      query.addEventListener("change", onChange);
      return () => query.removeEventListener("change", onChange);
    },
    () => matchMedia(NARROW).matches,
    () => false,
  );
  return (
    <Sonner
      position={isNarrow ? "top-center" : "bottom-right"}
      visibleToasts={3}
      duration={6000}
      toastOptions={{ unstyled: true, classNames: { toast: "toast", actionButton: "btn small", content: "grow" } }}
    />
  );
}

/** Says that something was saved. With `undo` it stays 10 s. */
export function showSaved(message: string, undo?: () => void): void {
  toast(message, undo === undefined ? {} : { duration: 10_000, action: { label: "Undo", onClick: undo } });
}

/** Says that something was not saved, until it is closed; `again` repeats it. */
export function showNotSaved(message: string, again?: () => void): void {
  toast(`Not saved. ${message}`, {
    duration: Number.POSITIVE_INFINITY,
    ...(again === undefined ? {} : { action: { label: "Try again", onClick: again } }),
    closeButton: true,
  });
}
