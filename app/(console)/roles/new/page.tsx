import type { Metadata } from "next";
import { z } from "zod";
import { admit } from "@/app/_lib/admit";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { readSearchParams, type SearchParams } from "@/app/_lib/search-params";
import { Forbidden } from "@/components/shell/refusal";
import { PageHeader } from "@/components/ui/page-header";
import { may } from "@/lib/authz/require";
import { idField } from "@/lib/fields";
import { getRole } from "@/lib/role/list";
import { BUILTIN_SERVER_ID } from "@/lib/server/builtin";
import { RoleForm } from "../_components/role-form";
import { loadRoleServers } from "../role-servers";
import { createRole } from "@/lib/role/create";

export const metadata: Metadata = { title: "Create a role" };

/** A duplicate starts with what `from` gives. */
const presetSchema = z.object({ from: idField.optional() });

export default async function NewRolePage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requirePersonCtx();
  if (!(await admit(ctx, createRole))) return <Forbidden what="creating roles" />;
  const { from } = await readSearchParams(presetSchema, searchParams);
  const [servers, source] = await Promise.all([
    load(loadRoleServers(ctx)),
    from ? load(getRole(ctx, { roleId: from })) : null,
  ]);
  if (!servers) return <Forbidden what="creating roles" />;
  const mayGiveAdmin = may(ctx, "person.elevate");
  const preset = source
    ? {
        name: `${source.name} (copy)`,
        description: source.description,
        grants: source.grants.filter((grant) => mayGiveAdmin || grant.serverId !== BUILTIN_SERVER_ID),
      }
    : undefined;
  return (
    <>
      <PageHeader
        title={source ? `Duplicate ${source.name}` : "Create a role"}
        breadcrumb={[{ label: "Roles", href: "/roles" }]}
        description="A name, and what it gives on which servers. People and machine agents get it afterwards."
      />
      <RoleForm servers={servers} mayGiveAdmin={mayGiveAdmin} {...(preset ? { preset } : {})} />
    </>
  );
}
