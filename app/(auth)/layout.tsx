import type { ReactNode } from "react";

/** The frame of the pages before the console: one card, in the middle. */
export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="bg-page flex min-h-dvh items-center justify-center px-4 py-12">
      <div className="w-full max-w-[400px]">
        <p className="text-section text-ink mb-6 text-center font-semibold">Gatehouse</p>
        <div className="bg-surface border-hairline rounded-lg border p-6">{children}</div>
      </div>
    </main>
  );
}
