"use client";

import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { useKeyDialogs } from "./key-dialogs.tsx";

/** The page's one primary button. */
export function NewKeyButton({ children = "New key" }: { children?: ReactNode }) {
  const { open } = useKeyDialogs();
  return (
    <Button variant="primary" onClick={() => open("create")} data-new-key>
      <Plus className="icon" aria-hidden="true" />
      {children}
    </Button>
  );
}
