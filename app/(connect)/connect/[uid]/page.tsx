import type { Metadata } from "next";
import { cookies } from "next/headers";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { Logo } from "@/components/shell/logo";
import { GatehouseError } from "@/lib/errors";
import { readConsent } from "@/lib/oauth/consent";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { ConsentForm } from "../../_components/consent-form";
import { SecondFactorNeeded } from "../../_components/second-factor-needed";

export const metadata: Metadata = { title: "Connect an agent" };

/** What a request that cannot be answered means, and what to do about it. */
const OVER: Record<string, string> = {
  link_not_found: "It is over, or it was begun in another browser. Go back to the app and connect again.",
  agent_not_found: "The app that asks is suspended, or not registered any more. Ask an admin.",
  server_not_found: "The server that it asks for is disabled. Ask an admin.",
};

export default async function ConnectPage({ params }: { params: Promise<{ uid: string }> }) {
  const ctx = await requirePersonCtx();
  const [{ uid }, jar] = await Promise.all([params, cookies()]);
  const startedHere = jar.get(STARTED_COOKIE)?.value ?? null;
  const request = await readConsent(ctx, { uid, startedHere }).catch(overWords);
  if (typeof request !== "string")
    return request.needsSecondFactor ? (
      <SecondFactorNeeded request={request} />
    ) : (
      <ConsentForm request={request} person={{ name: ctx.actor.name, email: ctx.actor.email }} />
    );
  return (
    <div className="flex flex-col items-center text-center">
      <Logo className="size-11" />
      <h1 className="text-title text-ink mt-6 font-semibold tracking-tight">This request cannot be answered</h1>
      <p className="text-form text-ink-2 mt-2 text-pretty">{request}</p>
    </div>
  );
}

function overWords(error: unknown): string {
  const words = error instanceof GatehouseError ? OVER[error.code] : undefined;
  if (!words) throw error;
  return words;
}
