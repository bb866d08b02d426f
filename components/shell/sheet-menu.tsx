"use client";

import { Menu as MenuIcon, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import type { Person } from "./account.tsx";
import { Nav } from "./nav.tsx";

/** The pages and the account on small screens: a sheet from the right. */
export function SheetMenu({ person, signOut }: { person: Person; signOut: () => Promise<void> }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setIsOpen}>
      <Dialog.Trigger asChild>
        <Button variant="quiet" size="square" aria-label="Menu">
          <MenuIcon className="icon" aria-hidden="true" />
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="drawer" aria-describedby={undefined}>
          <div className="row between">
            <Dialog.Title className="drawer-title">Menu</Dialog.Title>
            <Dialog.Close asChild>
              <Button variant="quiet" size="square" aria-label="Close menu">
                <X className="icon" aria-hidden="true" />
              </Button>
            </Dialog.Close>
          </div>
          <Nav label="Menu" onFollow={close} />
          <div className="drawer-foot">
            <p className="small muted any">{person.email}</p>
            <form action={signOut}>
              <Button type="submit" size="wide">
                Sign out
              </Button>
            </form>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
