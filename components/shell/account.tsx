"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { Menu, MenuItem, MenuLine, MenuLink } from "#components/ui/menu.tsx";
import { ThemeButton } from "#components/ui/theme-button.tsx";
import { useShortcutList } from "./shortcuts.tsx";

export type Person = { email: string; name: string | null };

/** Who is signed in, with the account's menu. `signOut`: the form's action. */
export function Account({ person, signOut }: { person: Person; signOut: () => Promise<void> }) {
  const { open } = useShortcutList();
  return (
    <div className="who">
      <Menu
        trigger={
          <button type="button" className="who-name">
            <span className="grow">
              {person.name !== null && <b>{person.name}</b>}
              <span>{person.email}</span>
            </span>
            <span className="sr">Account menu</span>
          </button>
        }
      >
        <AccountItems signOut={signOut} onShortcuts={open} />
      </Menu>
      <ThemeButton size="smallSquare" />
    </div>
  );
}

function AccountItems({ signOut, onShortcuts }: { signOut: () => Promise<void>; onShortcuts: () => void }): ReactNode {
  return (
    <>
      <MenuLink>
        <Link prefetch={false} href="/settings">
          Settings
        </Link>
      </MenuLink>
      <MenuItem onSelect={onShortcuts} keys="?">
        Keyboard shortcuts
      </MenuItem>
      <MenuLine />
      <MenuItem onSelect={() => void signOut()}>Sign out</MenuItem>
    </>
  );
}
