"use client";

import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/**
 * A modal dialog with a title.
 * `onClose` is asked for by Escape, a click outside and {@link DialogClose}; the caller decides whether it closes.
 * `firstFocus`: a selector inside the dialog; else the first element that takes focus.
 */
export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  width = "",
  firstFocus,
  role = "dialog",
  onClosed,
  children,
}: {
  isOpen: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  width?: "" | "narrow" | "wide" | "panel";
  firstFocus?: string;
  role?: "dialog" | "alertdialog";
  /** Runs when the dialog gives focus back; returns whether it placed the focus itself. */
  onClosed?: () => boolean;
  children: ReactNode;
}) {
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Radix.Portal>
        <Radix.Overlay className="scrim" />
        <Radix.Content
          className={cn("dialog", width)}
          role={role}
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            const first = firstFocus === undefined ? null : (event.target as HTMLElement).querySelector(firstFocus);
            if (!(first instanceof HTMLElement)) return;
            event.preventDefault();
            first.focus();
          }}
          onCloseAutoFocus={(event) => {
            if (onClosed?.()) event.preventDefault();
          }}
        >
          <DialogHead title={title} description={description} />
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function DialogHead({ title, description }: { title: ReactNode; description: ReactNode }) {
  return (
    <div className="dlg-head">
      <Radix.Title tabIndex={-1}>{title}</Radix.Title>
      {description !== undefined && <p>{description}</p>}
    </div>
  );
}

/** What stands between title and buttons. */
export function DialogBody({ children }: { children: ReactNode }) {
  return <div className="dlg">{children}</div>;
}

/** The buttons: the safe one left, the act right. */
export function DialogFoot({ children }: { children: ReactNode }) {
  return <div className="dlg-foot">{children}</div>;
}
