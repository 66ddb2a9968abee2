import type { Metadata } from "next";
import { admit } from "@/app/_lib/admit";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { Forbidden } from "@/components/shell/refusal";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { may } from "@/lib/authz/require";
import { getRole } from "@/lib/role/list";
import { RoleForm } from "../../_components/role-form";
import { loadRoleServers, loadRoleTokens } from "../../role-servers";
import { updateRole } from "@/lib/role/update";

export const metadata: Metadata = { title: "Edit a role" };

export default async function EditRolePage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await requirePersonCtx();
  const { id } = await params;
  if (!(await admit(ctx, updateRole))) return <Forbidden what="editing roles" />;
  const role = await load(getRole(ctx, { roleId: id }));
  if (!role) return <Forbidden what="this role" />;
  const breadcrumb = [
    { label: "Roles", href: "/roles" },
    { label: role.name, href: `/roles/${role.id}` },
  ];
  if (role.builtin || role.archivedAt) {
    return (
      <>
        <PageHeader title={`Edit ${role.name}`} breadcrumb={breadcrumb} />
        <EmptyState
          title={role.builtin ? "The built-in role stays as it is" : "An archived role stays as it is"}
          description={role.builtin ? "Duplicate it to start from what it gives." : "Create a new one instead."}
          action={<ButtonLink href={`/roles/new?from=${role.id}`}>Duplicate it</ButtonLink>}
        />
      </>
    );
  }
  const [servers, tokens] = await Promise.all([load(loadRoleServers(ctx)), load(loadRoleTokens(ctx, role.id))]);
  if (!servers || !tokens) return <Forbidden what="editing roles" />;
  return (
    <>
      <PageHeader
        title={`Edit ${role.name}`}
        breadcrumb={breadcrumb}
        description="What saving would mean stands beside the fields."
      />
      <RoleForm
        key={role.updatedAt}
        role={role}
        servers={servers}
        tokens={tokens}
        mayGiveAdmin={may(ctx, "person.elevate")}
      />
    </>
  );
}
