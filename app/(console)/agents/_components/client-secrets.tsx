"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { StatusBadge } from "@/components/ui/status-badge";
import { Time } from "@/components/ui/time";
import type { ClientSecretDto } from "@/lib/oauth/client-schema";
import { dueInWords } from "@/lib/oauth/secret-due";
import { revokeSecretAction } from "../actions";
import { IssueSecret } from "./issue-secret";

type Subject = { id: string; name: string };

/** An agent's client secrets, the living first: several may live, while one follows the other. */
export function ClientSecrets({
  agent,
  secrets,
  mayWrite,
  mayIssue,
}: {
  agent: Subject;
  secrets: readonly ClientSecretDto[];
  mayWrite: boolean;
  mayIssue: boolean;
}) {
  const living = ({ status }: ClientSecretDto) => status === "active";
  return (
    <section aria-labelledby="client-secrets" className="mt-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 id="client-secrets" className="text-body text-ink font-semibold">
          Client secrets
        </h3>
        {mayIssue ? <IssueSecret agent={agent} /> : null}
      </div>
      {secrets.length === 0 ? (
        <p className="text-body text-ink-2 mt-1">None yet: it cannot prove who it is.</p>
      ) : (
        <ul className="divide-hairline mt-1 divide-y">
          {[...secrets.filter(living), ...secrets.filter((secret) => !living(secret))].map((secret) => (
            <SecretLine key={secret.id} agent={agent} secret={secret} mayRevoke={mayWrite && living(secret)} />
          ))}
        </ul>
      )}
    </section>
  );
}

function SecretLine({ agent, secret, mayRevoke }: { agent: Subject; secret: ClientSecretDto; mayRevoke: boolean }) {
  const [asking, setAsking] = useState(false);
  const { status, createdAt, lastUsedAt, expiresAt, revokedAt } = secret;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <div className="min-w-0 flex-1 basis-40">
        <span className="flex flex-wrap items-center gap-2">
          <code className="mono text-ink">{secret.masked}</code>
          <StatusBadge tone={status === "active" ? "allow" : "revoked"}>{status}</StatusBadge>
          {secret.overdue ? <StatusBadge tone="expiring">overdue</StatusBadge> : null}
          {secret.dueInDays === null ? null : <StatusBadge tone="expiring">{dueInWords(secret.dueInDays)}</StatusBadge>}
        </span>
        <span className="text-meta text-ink-2 block">
          made <Time at={createdAt} />, last used <Time at={lastUsedAt} never="never" />
          {revokedAt ? (
            <>
              , revoked <Time at={revokedAt} />
            </>
          ) : expiresAt ? (
            <>
              , {status === "expired" ? "expired" : "expires"} <Time at={expiresAt} />
            </>
          ) : null}
          {status === "active" && secret.dueAt ? (
            <>
              , {secret.overdue ? "was due" : "due"} to be replaced <Time at={secret.dueAt} />
            </>
          ) : null}
        </span>
      </div>
      {mayRevoke ? (
        <Button size="sm" onClick={() => setAsking(true)} aria-label={`Revoke ${secret.masked}`}>
          Revoke
        </Button>
      ) : null}
      {asking ? <RevokeSecret agent={agent} secret={secret} onClose={() => setAsking(false)} /> : null}
    </li>
  );
}

function RevokeSecret({ agent, secret, onClose }: { agent: Subject; secret: ClientSecretDto; onClose: () => void }) {
  const router = useRouter();
  const { run, error } = useAction(revokeSecretAction, {
    success: `${secret.masked} is revoked`,
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Revoke ${secret.masked}?`}
      consequence={
        <>
          {agent.name} gets no token with it from now on, for good. Those that it has live out their time.{" "}
          {secret.lastUsedAt ? (
            <>
              Last used <Time at={secret.lastUsedAt} />.
            </>
          ) : (
            "No use of it has been noted."
          )}
        </>
      }
      confirmLabel="Revoke secret"
      askReason
      onConfirm={async ({ reason }) => (await run({ agentId: agent.id, secretId: secret.id, reason })).ok}
    >
      <ActionFailure error={error} />
    </ConfirmDialog>
  );
}
