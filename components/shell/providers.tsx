"use client";

import { setNonce } from "get-nonce";
import { useRouter } from "next/navigation";
import { ThemeProvider } from "next-themes";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useEffect, useState } from "react";
import { Announcer } from "#components/ui/announcer.tsx";
import { Toaster } from "#components/ui/toaster.tsx";

/** What every page stands in. `nonce`: of this document's Content-Security-Policy; style sheets made by script carry it. */
export function Providers({
  nonce: latestNonce,
  zone,
  children,
}: {
  nonce: string;
  zone: string;
  children: ReactNode;
}) {
  // A refresh brings the nonce of another answer; the document's policy knows the first one only.
  const [nonce] = useState(latestNonce);
  if (typeof window !== "undefined") setNonce(nonce);
  return (
    <ThemeProvider
      attribute="data-theme"
      nonce={nonce}
      defaultTheme="system"
      enableColorScheme={false}
      storageKey="theme"
    >
      <NuqsAdapter>
        <Announcer>
          {children}
          <Toaster />
        </Announcer>
      </NuqsAdapter>
      <TimeZone known={zone} />
    </ThemeProvider>
  );
}

/** Tells the server the browser's time zone, and reads the page once more when it was rendered for another. */
function TimeZone({ known }: { known: string }) {
  const router = useRouter();
  useEffect(() => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (timeZone === known) return;
    const isNews = !document.cookie.includes(`tz=${encodeURIComponent(timeZone)}`);
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
    document.cookie = `tz=${encodeURIComponent(timeZone)}; path=/; max-age=31536000; samesite=lax`;
    if (isNews) router.refresh();
  }, [known, router]);
  return null;
}
