"use client";

import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";

// Outlives navigations, not reloads: the first page of a visit leaves the focus where the browser puts it.
let lastPath: string | undefined;

/** The page's h1. It takes the focus when a link brought the reader here, so that assistive technology reads on from it. */
export function PageTitle({ children }: { children: ReactNode }) {
  const path = usePathname();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (lastPath !== undefined && lastPath !== path) title.current?.focus({ preventScroll: true });
    lastPath = path;
  }, [path]);
  return (
    <h1 tabIndex={-1} ref={title}>
      {children}
    </h1>
  );
}
