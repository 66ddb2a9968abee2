import type { Metadata } from "next";
import { admit } from "@/app/_lib/admit";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { readSearchParams, type SearchParams } from "@/app/_lib/search-params";
import { Forbidden } from "@/components/shell/refusal";
import { PageHeader } from "@/components/ui/page-header";
import { diagnose } from "@/lib/oauth/diagnose";
import { diagnoseSchema } from "@/lib/oauth/diagnose-schema";
import { Diagnose } from "../_components/diagnose";

export const metadata: Metadata = { title: "Check the way in" };

/** Walks the way of an MCP client to a server's authorization server, and says what it meets. `?url=` fills the address in. */
export default async function DiagnosePage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requirePersonCtx();
  if (!(await admit(ctx, diagnose))) return <Forbidden what="this check" />;
  const { url } = await readSearchParams(diagnoseSchema.partial(), searchParams);
  return (
    <>
      <PageHeader
        title="Check the way in"
        breadcrumb={[{ label: "Servers", href: "/servers" }]}
        description="What an MCP client meets that was given a server's address and nothing else."
      />
      <Diagnose initialUrl={url ?? ""} />
    </>
  );
}
