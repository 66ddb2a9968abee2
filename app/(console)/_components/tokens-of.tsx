import Link from "next/link";
import type { PersonCtx } from "@/app/_lib/ctx";
import { KindBadge } from "@/components/token/kind-badge";
import { TokenStatusBadge } from "@/components/token/token-status-badge";
import { ButtonLink } from "@/components/ui/button-link";
import { Card } from "@/components/ui/card";
import { Time } from "@/components/ui/time";
import { pageTokens } from "@/lib/token/list";
import { pageTokensSchema, type TokenDto } from "@/lib/token/schema";

const SHOWN = 6;

/** The live tokens of a person or an agent, or under a role: a few, those used last first, and the way to all. */
export async function TokensOf({
  ctx,
  filter,
  mintHref,
}: {
  ctx: PersonCtx;
  filter: { personId: string } | { agentId: string } | { roleId: string };
  /** Where a token for it is minted, for those who may. */
  mintHref?: string | undefined;
}) {
  const query = { ...filter, state: "live", sort: "last_used", order: "desc" };
  const { items, total } = await pageTokens(ctx, pageTokensSchema.parse(query));
  const all = `/tokens?${new URLSearchParams(filter)}`;
  return (
    <Card
      title="Live tokens"
      description={total === 0 ? undefined : `${total} in all`}
      flush={items.length > 0}
      actions={
        <>
          {mintHref ? (
            <ButtonLink size="sm" href={mintHref}>
              Mint
            </ButtonLink>
          ) : null}
          <ButtonLink size="sm" variant="ghost" href={total > 0 ? all : `${all}&state=all`}>
            {total > SHOWN ? `All ${total}` : total > 0 ? "Open the list" : "Ended ones"}
          </ButtonLink>
        </>
      }
    >
      {items.length === 0 ? (
        <p className="text-body text-ink-2">No token lives.</p>
      ) : (
        <ul className="divide-hairline divide-y">
          {items.slice(0, SHOWN).map((token) => (
            <TokenLine key={token.id} token={token} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function TokenLine({ token }: { token: TokenDto }) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
      <span className="min-w-0 flex-1 basis-48">
        <Link
          href={`/tokens/${token.id}`}
          className="text-body text-ink inline-flex min-h-6 max-w-full items-center rounded-sm font-medium hover:underline"
        >
          <span className="truncate">{token.name}</span>
        </Link>
        <span className="text-meta text-ink-2 block">
          {[token.person?.name, token.agent?.name].filter(Boolean).join(" through ")}, last used{" "}
          <Time at={token.lastUsedAt} never="never" />
        </span>
      </span>
      <span className="flex items-center gap-2">
        <KindBadge kind={token.kind} />
        <TokenStatusBadge status={token.status} flags={token.flags} />
      </span>
    </li>
  );
}
