"use client";

import { useEffect } from "react";
import { isForPage } from "#components/shell/is-for-page.ts";
import { useAppDialogs } from "./app-dialogs.tsx";

/** j k rows, Shift W on the row that has the focus. It opens the dialog and never acts. */
export function AppsShortcuts() {
  const { open } = useAppDialogs();
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (isForPage(event) && handle(event.key)) event.preventDefault();
    }
    function handle(pressed: string): boolean {
      if (pressed === "j") return moveRow(1);
      if (pressed === "k") return moveRow(-1);
      const row = focusedRow();
      // Without a row in focus the arrows scroll the page.
      if (pressed === "ArrowDown" && row !== null) return moveRow(1);
      if (pressed === "ArrowUp" && row !== null) return moveRow(-1);
      const grantId = row?.dataset["appId"];
      if (pressed !== "W" || grantId === undefined) return false;
      open(row?.dataset["several"] === "true" ? "withdraw-product" : "withdraw", grantId);
      return true;
    }
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [open]);
  return null;
}

function focusedRow(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("tr[data-app-id]") ?? null;
}

function moveRow(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("tr[data-app-id]")];
  const focused = focusedRow();
  const at = focused === null ? -1 : rows.indexOf(focused);
  const next = at === -1 ? (step === 1 ? rows[0] : rows.at(-1)) : rows[at + step];
  const button = next?.querySelector<HTMLElement>("[data-withdraw]");
  button?.focus();
  return button !== undefined && button !== null;
}
