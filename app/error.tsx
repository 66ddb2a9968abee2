"use client";

import { Failure } from "@/components/shell/failure";

export default function RootError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto max-w-2xl">
      <Failure reference={error.digest} onRetry={reset} />
    </main>
  );
}
