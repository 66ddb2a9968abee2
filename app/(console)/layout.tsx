import type { ReactNode } from "react";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { Shell } from "@/components/shell/shell";

/**
 * The frame of every screen for signed-in people. It only draws: each page and action authenticates by itself, and the
 * verbs decide what may be done.
 */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { actor } = await requirePersonCtx();
  return (
    <Shell
      reader={{ name: actor.name, email: actor.email, consoleRole: actor.consoleRole }}
      permissions={[...actor.permissions]}
    >
      {children}
    </Shell>
  );
}
