"use client";

import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";

type Announce = (message: string, urgency?: "polite" | "assertive") => void;

const AnnounceContext = createContext<Announce>(() => undefined);

/** The one polite and the one assertive region of a page, there from the first paint (WCAG 2.2, 4.1.3). */
export function Announcer({ children }: { children: ReactNode }) {
  const [polite, setPolite] = useState("");
  const [assertive, setAssertive] = useState("");
  const announce = useCallback<Announce>((message, urgency = "polite") => {
    const set = urgency === "polite" ? setPolite : setAssertive;
    // The same words twice are read once unless the region changes; a no-break space is not read.
    set((before) => (before === message ? `${message}\u00a0` : message));
  }, []);
  const value = useMemo(() => announce, [announce]);
  return (
    <AnnounceContext.Provider value={value}>
      {children}
      <p className="sr" role="status" aria-live="polite">
        {polite}
      </p>
      <p className="sr" role="alert" aria-live="assertive">
        {assertive}
      </p>
    </AnnounceContext.Provider>
  );
}

/** Says something to those who do not see the change. */
export function useAnnounce(): Announce {
  return useContext(AnnounceContext);
}
