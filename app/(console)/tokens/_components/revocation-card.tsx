import type { PersonCtx } from "@/app/_lib/ctx";
import { actorWords } from "@/components/audit/entry-words";
import { spreadFacts } from "@/components/audit/spread-facts";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { Time } from "@/components/ui/time";
import { searchAuditSchema } from "@/lib/audit/schema";
import { historyOfThing } from "@/lib/audit/search";
import { may } from "@/lib/authz/require";
import type { TokenDetailDto } from "@/lib/token/schema";

/** When and why a token was revoked; for readers of the audit log also by whom, and how that got around. */
export async function RevocationCard({ ctx, token }: { ctx: PersonCtx; token: TokenDetailDto }) {
  if (!token.revokedAt) return null;
  const entry = may(ctx, "audit.read") ? await revocationEntry(ctx, token.id) : undefined;
  return (
    <Card title="Revocation">
      <DescriptionList
        items={[
          { term: "Revoked", detail: <Time at={token.revokedAt} /> },
          ...(entry ? [{ term: "By", detail: actorWords(entry) }] : []),
          { term: "Reason", detail: token.revokedReason ?? "none given" },
          ...(entry ? spreadFacts(entry) : []),
        ]}
      />
    </Card>
  );
}

async function revocationEntry(ctx: PersonCtx, tokenId: string) {
  const filter = { target: tokenId, action: ["token.revoke"], outcome: ["success"], limit: 1 };
  return (await historyOfThing(ctx, searchAuditSchema.parse(filter)))[0];
}
