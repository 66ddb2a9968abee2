import type { ReactNode } from "react";
import { env } from "@/lib/env";

/** The frame of the page where a person answers an agent's request: wide enough for what it asks, and the address below. */
export default function ConnectLayout({ children }: { children: ReactNode }) {
  return (
    <div className="bg-page flex min-h-dvh flex-col items-center px-4">
      <main className="flex w-full max-w-[520px] flex-1 flex-col justify-center py-10">{children}</main>
      <footer className="text-meta text-ink-3 flex items-center gap-2 py-6">
        <span className="text-ink-2 font-medium">Gatehouse</span>
        <span className="break-all">{new URL(env().GATEHOUSE_URL).host}</span>
      </footer>
    </div>
  );
}
