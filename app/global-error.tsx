"use client";

import "./globals.css";
import { Failure } from "@/components/shell/failure";

/** When even the root layout failed: a document of its own. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en" data-theme="system">
      <body>
        <main className="mx-auto max-w-2xl">
          <Failure reference={error.digest} onRetry={reset} />
        </main>
      </body>
    </html>
  );
}
