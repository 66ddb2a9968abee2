import type { ReactNode } from "react";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { Shell } from "@/components/shell/shell";
import { countUnseenNotices } from "@/lib/notice/list";

/**
 * The frame of every screen for signed-in people. It only draws: each page and action authenticates by itself, and the
 * verbs decide what may be done.
 */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await requirePersonCtx();
  const { actor } = ctx;
  return (
    <Shell
      reader={{ name: actor.name, email: actor.email, consoleRole: actor.consoleRole }}
      permissions={[...actor.permissions]}
      unseenNotices={await countUnseenNotices(ctx)}
    >
      {children}
    </Shell>
  );
}
