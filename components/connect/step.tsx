import type { ReactNode } from "react";

/** The name of a step, after its number. */
export function Step({ number, children }: { number: number; children: ReactNode }) {
  return (
    <span className="step">
      <span aria-hidden="true">{number}</span>
      <b>{children}</b>
    </span>
  );
}
