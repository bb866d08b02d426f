import type { ReactNode } from "react";

/** A row of exclusive choices; its children are links or buttons, the current one with `aria-current="true"`. */
export function Segments({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="seg" role="group" aria-label={label}>
      {children}
    </div>
  );
}
