import type { ReactNode } from "react";
import type { StatusMark as Mark } from "./status-words.ts";

const RING = { cx: 6, cy: 6, r: 4.75, fill: "none", stroke: "currentColor", strokeWidth: 1.5 };

const SHAPES: Record<Mark, ReactNode> = {
  active: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  grace: (
    <>
      <circle {...RING} />
      <path d="M6 1.25a4.75 4.75 0 0 0 0 9.5z" fill="currentColor" />
    </>
  ),
  expiring: <path d="M6 .5L11.5 6 6 11.5.5 6z" fill="currentColor" />,
  expired: <circle {...RING} strokeDasharray="2.1 1.63" />,
  revoked: (
    <>
      <circle {...RING} />
      <path d="M2.8 9.2l6.4-6.4" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
};

/** State as shape, color and word. */
export function StatusMark({ mark, children }: { mark: Mark; children: ReactNode }) {
  return (
    <span className={`status ${mark}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        {SHAPES[mark]}
      </svg>
      {children}
    </span>
  );
}
