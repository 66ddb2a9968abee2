import type { Metadata } from "next";
import { admit } from "@/app/_lib/admit";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { Forbidden } from "@/components/shell/refusal";
import { PageHeader } from "@/components/ui/page-header";
import { RegisterForm } from "../_components/register-form";
import { createServer } from "@/lib/server/create";

export const metadata: Metadata = { title: "Register a server" };

export default async function RegisterServerPage() {
  const ctx = await requirePersonCtx();
  if (!(await admit(ctx, createServer))) return <Forbidden what="registering servers" />;
  return (
    <>
      <PageHeader
        title="Register a server"
        breadcrumb={[{ label: "Servers", href: "/servers" }]}
        description="Its name and its address. Its tools are imported in the next step."
      />
      <RegisterForm />
    </>
  );
}
