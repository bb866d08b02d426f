"use client";

import { Ellipsis } from "lucide-react";
import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuLine, MenuLink, MenuReason } from "#components/ui/menu.tsx";
import type { KeyView } from "#lib/keys/key-view.ts";
import { useKeyDialogs } from "./key-dialogs.tsx";

/** What can be done with a key, from its row. */
export function KeyRowMenu({ keyView }: { keyView: KeyView }) {
  const { open, nameOf } = useKeyDialogs();
  const { id, state, prefix } = keyView;
  const works = state === "active" || state === "in_grace";
  return (
    <Menu
      trigger={
        <Button
          variant="quiet"
          size="smallSquare"
          aria-label={`Actions for ${nameOf(keyView)} ${prefix ?? ""}`.trim()}
          data-key-menu
        >
          <Ellipsis className="icon" aria-hidden="true" />
        </Button>
      }
    >
      <MenuLink>
        <Link prefetch={false} href={`/keys/${id}`}>
          Open<kbd>Enter</kbd>
        </Link>
      </MenuLink>
      <MenuItem keys="e" onSelect={() => open("rename", id)}>
        Rename
      </MenuItem>
      {state === "active" && (
        <MenuItem keys="r" onSelect={() => open("rotate", id)}>
          Rotate
        </MenuItem>
      )}
      {state === "in_grace" && (
        <>
          <MenuReason>The key is in grace; it cannot be rotated again.</MenuReason>
          <MenuItem onSelect={() => open("more-time", id)}>Give more time</MenuItem>
          <MenuItem onSelect={() => open("end", id)}>End old key</MenuItem>
        </>
      )}
      {works ? (
        <>
          <MenuLine />
          <MenuItem keys="Shift R" isBad onSelect={() => open("revoke", id)}>
            Revoke
          </MenuItem>
        </>
      ) : (
        <MenuReason>It has ended; it cannot be rotated or revoked.</MenuReason>
      )}
    </Menu>
  );
}
