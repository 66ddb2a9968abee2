import { Badge } from "@/components/ui/badge";
import type { TokenDto } from "@/lib/token/schema";

const WORD: Record<TokenDto["kind"], string> = { ro: "read-only", rw: "read and write", adm: "admin API" };

/** What a token may reach at most, by its kind. */
export function KindBadge({ kind }: { kind: TokenDto["kind"] }) {
  return <Badge tone={kind === "ro" ? "neutral" : kind === "rw" ? "expiring" : "deny"}>{WORD[kind]}</Badge>;
}
