import { Eye, PencilLine, ShieldAlert } from "lucide-react";
import { Badge, type Tone } from "@/components/ui/badge";
import type { Access } from "@/lib/server/schema";

const LOOK: Record<Access, { tone: Tone; word: string; icon: typeof Eye }> = {
  read: { tone: "neutral", word: "read", icon: Eye },
  write: { tone: "expiring", word: "write", icon: PencilLine },
  admin: { tone: "deny", word: "admin", icon: ShieldAlert },
};

/** How far a scope or tool reaches. `null` is a closed tool: no scope was set. */
export function AccessBadge({ access }: { access: Access | null }) {
  if (access === null) return <Badge tone="revoked">closed</Badge>;
  const { tone, word, icon: Icon } = LOOK[access];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden className="size-3" />
      {word}
    </Badge>
  );
}
