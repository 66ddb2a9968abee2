import type { Metadata } from "next";
import { requirePersonCtx, type PersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { ReachBadge } from "@/components/role/role-checks";
import { Forbidden } from "@/components/shell/refusal";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { PageHeader } from "@/components/ui/page-header";
import { StatusBadge } from "@/components/ui/status-badge";
import { Time } from "@/components/ui/time";
import { may } from "@/lib/authz/require";
import { getRole } from "@/lib/role/list";
import type { RoleDto } from "@/lib/role/schema";
import { BUILTIN_SERVER_ID } from "@/lib/server/builtin";
import { History } from "../../_components/history";
import { TokensOf } from "../../_components/tokens-of";
import { ArchiveRole } from "../_components/archive-role";
import { RevokeTokensUnder } from "../_components/revoke-tokens-under";
import { RoleGrants } from "../_components/role-grants";
import { RoleHolders } from "../_components/role-holders";
import { loadHolders } from "../holders";

export const metadata: Metadata = { title: "Role" };

export default async function RolePage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await requirePersonCtx();
  const { id } = await params;
  const role = await load(getRole(ctx, { roleId: id }));
  if (!role) return <Forbidden what="this role" />;
  const administers = role.serverIds.includes(BUILTIN_SERVER_ID);
  return (
    <>
      <PageHeader
        title={role.name}
        breadcrumb={[{ label: "Roles", href: "/roles" }]}
        badge={
          <>
            <ReachBadge role={{ readOnly: role.readOnly, administers }} />
            {role.builtin ? <StatusBadge tone="neutral">built-in</StatusBadge> : null}
            {role.archivedAt ? <StatusBadge tone="revoked">Archived</StatusBadge> : null}
          </>
        }
        description={role.description || undefined}
        meta={
          <>
            <code className="mono text-ink-3">{role.id}</code>
            <span>
              Changed <Time at={role.updatedAt} />
            </span>
          </>
        }
        actions={<Actions ctx={ctx} role={role} />}
      />
      <div className="flex flex-col gap-6">
        {role.archivedAt ? (
          <Callout tone="revoked" title="Archived">
            Tokens under it are refused, and nobody can be given it. Who held it stays on record.
          </Callout>
        ) : null}
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_380px]">
          <div className="flex min-w-0 flex-col gap-6">
            <RoleGrants role={role} />
            <History ctx={ctx} by="target" id={role.id} description="Changes of the role itself, newest first." />
          </div>
          <div className="flex min-w-0 flex-col gap-6">
            {may(ctx, "person.read") ? <Holders ctx={ctx} role={role} administers={administers} /> : null}
            <TokensOf ctx={ctx} filter={{ roleId: role.id }} mintHref={mintHref(ctx, role)} />
          </div>
        </div>
      </div>
    </>
  );
}

function mintHref(ctx: PersonCtx, role: RoleDto): string | undefined {
  if (role.archivedAt || role.builtin) return undefined;
  return may(ctx, "token.mint") || may(ctx, "token.mint.own") ? `/tokens/new?role=${role.id}` : undefined;
}

function Actions({ ctx, role }: { ctx: PersonCtx; role: RoleDto }) {
  if (!may(ctx, "role.write")) return null;
  const fixed = role.builtin || role.archivedAt !== null;
  const { id, name, counts } = role;
  return (
    <>
      {may(ctx, "token.revoke.many") && counts.liveTokens > 0 ? (
        <RevokeTokensUnder role={{ id, name, liveTokens: counts.liveTokens }} />
      ) : null}
      <ButtonLink href={`/roles/new?from=${role.id}`}>Duplicate</ButtonLink>
      {fixed ? null : <ArchiveRole role={{ id, name, liveTokens: counts.liveTokens }} />}
      {fixed ? null : (
        <ButtonLink href={`/roles/${role.id}/edit`} variant="primary">
          Edit
        </ButtonLink>
      )}
    </>
  );
}

async function Holders({ ctx, role, administers }: { ctx: PersonCtx; role: RoleDto; administers: boolean }) {
  const holders = await loadHolders(ctx, role.id);
  const mayAssign = may(ctx, "role.assign") && role.archivedAt === null;
  return (
    <RoleHolders
      role={{ id: role.id, name: role.name }}
      holders={holders.held}
      others={mayAssign ? holders.others : []}
      mayAssign={mayAssign}
      mayElevate={may(ctx, "person.elevate")}
      administers={administers}
    />
  );
}
