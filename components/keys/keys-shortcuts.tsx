"use client";

import { useEffect } from "react";
import { isForPage } from "#components/shell/is-for-page.ts";
import type { KeyView } from "#lib/keys/key-view.ts";
import { type KeyDialogName, useKeyDialogs } from "./key-dialogs.tsx";

const ROW_ACTS: Readonly<Record<string, KeyDialogName>> = { r: "rotate", e: "rename", R: "revoke" };

/** c new key, / search, j k rows, r e Shift R on the row that has the focus. They open dialogs and never act. */
export function KeysShortcuts({ keys }: { keys: readonly KeyView[] }) {
  const { open } = useKeyDialogs();
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (!isForPage(event)) return;
      const handled = handle(event.key);
      if (handled) event.preventDefault();
    }
    function handle(pressed: string): boolean {
      if (pressed === "c") return done(open("create"));
      if (pressed === "/") return done(document.getElementById("search")?.focus());
      if (pressed === "j") return moveRow(1);
      if (pressed === "k") return moveRow(-1);
      // Without a row in focus the arrows scroll the page.
      if (pressed === "ArrowDown" && focusedRow() !== null) return moveRow(1);
      if (pressed === "ArrowUp" && focusedRow() !== null) return moveRow(-1);
      const act = ROW_ACTS[pressed];
      const key = keys.find(({ id }) => id === focusedRow()?.dataset["keyId"]);
      if (act === undefined || key === undefined || !isPossible(act, key)) return false;
      return done(open(act, key.id));
    }
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [keys, open]);
  return null;
}

function isPossible(act: KeyDialogName, { state }: KeyView): boolean {
  if (act === "rotate") return state === "active";
  if (act === "revoke") return state === "active" || state === "in_grace";
  return true;
}

function focusedRow(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("tr[data-key-id]") ?? null;
}

function moveRow(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("tr[data-key-id]")];
  const focused = focusedRow();
  const at = focused === null ? -1 : rows.indexOf(focused);
  const next = at === -1 ? (step === 1 ? rows[0] : rows.at(-1)) : rows[at + step];
  const link = next?.querySelector("a");
  link?.focus();
  return link !== undefined && link !== null;
}

function done(_: unknown): true {
  return true;
}
