import { ShieldCheck } from "lucide-react";
import type { Metadata } from "next";
import { z } from "zod";
import { admit } from "@/app/_lib/admit";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { readSearchParams, type SearchParams } from "@/app/_lib/search-params";
import { Forbidden } from "@/components/shell/refusal";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { idField } from "@/lib/fields";
import { mintToken } from "@/lib/token/mint";
import { MintForm } from "../_components/mint-form";
import { loadMintOptions } from "./mint-options";

export const metadata: Metadata = { title: "Mint a token" };

/** A link may fill the form in; it never submits it. */
const presetSchema = z.object({
  person: idField.optional(),
  agent: idField.optional(),
  role: idField.optional(),
  server: idField.optional(),
});

export default async function MintPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requirePersonCtx();
  if (!(await admit(ctx, mintToken))) return <Forbidden what="minting" />;
  const [options, preset] = await Promise.all([
    load(loadMintOptions(ctx)),
    readSearchParams(presetSchema, searchParams),
  ]);
  if (!options) return <Forbidden what="minting" />;
  const nobodyHolds = ![...options.people, ...options.agents].some((holder) => holder.roleIds.length > 0);
  return (
    <>
      <PageHeader
        title="Mint a token"
        breadcrumb={[{ label: "Tokens", href: "/tokens" }]}
        description="Who it is for, what it may do, and for how long. Its secret is shown once, at the end."
      />
      {nobodyHolds ? (
        <EmptyState
          icon={<ShieldCheck />}
          title={options.mayMintForOthers ? "Nobody holds a role yet" : "You hold no role yet"}
          description={
            options.mayMintForOthers
              ? "A token is minted under a role that its holder has. Create a role, then give it to a person or an agent."
              : "A token is minted under a role that you hold. Ask an admin for one."
          }
          action={
            options.mayMintForOthers ? (
              <ButtonLink href="/roles/new" variant="primary">
                Create a role
              </ButtonLink>
            ) : undefined
          }
        />
      ) : (
        <MintForm options={options} preset={preset} />
      )}
    </>
  );
}
