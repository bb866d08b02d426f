import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { Providers } from "#components/shell/providers.tsx";
import "./globals.css";
import { readerTime } from "./reader-time.ts";

export const metadata: Metadata = {
  title: { default: "Pensyve", template: "%s · Pensyve" },
  description: "API keys for Pensyve, memory for AI agents.",
  icons: { icon: "/favicon.svg" },
};

export const viewport: Viewport = {
  colorScheme: "light dark",
};

/** Reads the request's headers, so every page is rendered per request: a nonce works once. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? "";
  const { zone } = await readerTime();
  return (
    // next-themes sets data-theme before React starts.
    <html lang="en" suppressHydrationWarning>
      <body>
        <a className="skip" href="#main">
          Skip to content
        </a>
        <Providers nonce={nonce} zone={zone}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
