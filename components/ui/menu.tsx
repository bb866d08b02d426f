"use client";

import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";

/** A menu that opens from its trigger button. */
export function Menu({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** `keys`: the shortcut beside it. `isBad`: an act that cannot be undone. */
export function MenuItem({
  onSelect,
  keys,
  isBad = false,
  children,
}: {
  onSelect: () => void;
  keys?: string;
  isBad?: boolean;
  children: ReactNode;
}) {
  return (
    <DropdownMenu.Item className={isBad ? "bad" : undefined} onSelect={onSelect}>
      {children}
      {keys !== undefined && <kbd>{keys}</kbd>}
    </DropdownMenu.Item>
  );
}

/** Makes its child (a link or a form button) a menu item. */
export function MenuLink({ children, keys }: { children: ReactNode; keys?: string }) {
  return (
    <DropdownMenu.Item asChild aria-keyshortcuts={keys}>
      {children}
    </DropdownMenu.Item>
  );
}

/** Why an act is absent. */
export function MenuReason({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="off">{children}</DropdownMenu.Label>;
}

export function MenuLine() {
  return <DropdownMenu.Separator />;
}
