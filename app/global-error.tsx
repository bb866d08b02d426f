"use client";

import "./globals.css";

/** The last resort: the root layout itself failed, so nothing of it can be used here. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <div className="focus">
          <header />
          <main id="main">
            <p className="req">{error.digest === undefined ? "500" : `500 · request ${error.digest}`}</p>
            <h1>Something failed here</h1>
            <p className="lead">
              Check whether your last change was saved before you repeat it. Give your operator the request number.
            </p>
            <p className="acts">
              <a className="btn" href="/keys">
                Go to API keys
              </a>
            </p>
          </main>
          <footer />
        </div>
      </body>
    </html>
  );
}
