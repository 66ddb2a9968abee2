import "server-only";
import { may, reach } from "@/lib/authz/require";
import { nowDate } from "@/lib/ctx";
import { listNotices } from "@/lib/notice/list";
import { defineRead } from "@/lib/verb";
import { readDecisions } from "./decisions";
import { OVERVIEW_ROWS, type OverviewDto } from "./schema";
import { readDueSecrets } from "./secrets";
import { readChecklist, readServersToTend } from "./servers";
import { readTokenFindings } from "./tokens";

/**
 * What needs attention today, each number with the list behind it. A member sees their own tokens; the log, the servers
 * and the checklist are for those who may read or change them. Eight queries, whatever the number of tokens.
 */
export const getOverview = defineRead(
  { action: "overview.read", permission: "overview.read" },
  async ({ ctx, db }, _input: Record<string, never> = {}): Promise<OverviewDto> => {
    const now = nowDate(ctx);
    const within = reach(ctx, "token.read");
    const [tokens, notices, decisions, servers, secrets, checklist] = await Promise.all([
      readTokenFindings(db, within, now),
      listNotices(ctx, { seen: false, to: may(ctx, "notice.read") ? "admins" : "person", limit: OVERVIEW_ROWS }),
      may(ctx, "audit.read") ? readDecisions(db, now) : null,
      may(ctx, "server.read") ? readServersToTend(db) : [],
      may(ctx, "agent.read") ? readDueSecrets(db, now) : { count: 0, secrets: [] },
      may(ctx, "server.write") ? readChecklist(db) : null,
    ]);
    return {
      everything: within.all,
      ...tokens,
      notices: { items: notices.items, more: notices.nextCursor !== null },
      decisions,
      servers,
      secrets,
      checklist,
    };
  },
);
