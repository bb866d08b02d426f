"use client";

import { Button } from "#components/ui/button.tsx";
import type { KeyView } from "#lib/keys/key-view.ts";
import { useKeyDialogs } from "./key-dialogs.tsx";

/** What can be done with the key of a page; a missing act says why. */
export function KeyHeadActs({ keyView }: { keyView: KeyView }) {
  const { open } = useKeyDialogs();
  const { id, state } = keyView;
  const works = state === "active" || state === "in_grace";
  return (
    <div className="btns" data-key-id={id}>
      <Button onClick={() => open("rename", id)} data-key-menu>
        Rename
      </Button>
      {state === "active" && <Button onClick={() => open("rotate", id)}>Rotate</Button>}
      {works && <Button onClick={() => open("revoke", id)}>Revoke</Button>}
    </div>
  );
}
