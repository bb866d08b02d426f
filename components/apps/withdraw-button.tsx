"use client";

import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { useAppDialogs } from "./app-dialogs.tsx";

/** Opens the dialog that withdraws one installation, or all of its product. `label` names the app. */
export function WithdrawButton({
  dialog,
  grantId,
  label,
  children,
}: {
  dialog: "withdraw" | "withdraw-product";
  grantId: string;
  label: string;
  children: ReactNode;
}) {
  const { open } = useAppDialogs();
  return (
    <Button size="small" aria-label={label} data-withdraw onClick={() => open(dialog, grantId)}>
      {children}
    </Button>
  );
}

export function WithdrawAllButton() {
  const { open } = useAppDialogs();
  return (
    <Button data-withdraw-all onClick={() => open("withdraw-all")}>
      Withdraw all
    </Button>
  );
}
