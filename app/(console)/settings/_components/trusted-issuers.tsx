"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { StatusBadge } from "@/components/ui/status-badge";
import { Time } from "@/components/ui/time";
import type { TrustedIssuerDto } from "@/lib/oauth/issuer-schema";
import { IssuerDialog } from "./issuer-dialog";
import { peopleWords } from "./issuer-words";
import { RemoveIssuer } from "./remove-issuer";

/** The identity providers whose word lets agents in for their people (ID-JAG), and for owners the way to change them. */
export function TrustedIssuers({ issuers, mayWrite }: { issuers: readonly TrustedIssuerDto[]; mayWrite: boolean }) {
  const [adding, setAdding] = useState(false);
  return (
    <Card
      title="Trusted identity providers"
      description="Enterprise-managed authorization. The company's provider decides which agents get in; its people are not asked one by one."
      flush
      actions={
        mayWrite ? (
          <Button size="sm" onClick={() => setAdding(true)}>
            Trust a provider
          </Button>
        ) : undefined
      }
    >
      {issuers.length === 0 ? (
        <EmptyState
          icon={<KeyRound />}
          title="No provider is trusted"
          description="Each person answers for themself which agents may act for them. Trust your company's identity provider where it should answer for everybody."
        />
      ) : (
        <ul aria-label="Trusted identity providers" className="divide-hairline divide-y">
          {issuers.map((issuer) => (
            <IssuerLine key={issuer.issuer} issuer={issuer} mayWrite={mayWrite} />
          ))}
        </ul>
      )}
      {adding ? (
        <IssuerDialog issuer={null} known={issuers.map(({ issuer }) => issuer)} onClose={() => setAdding(false)} />
      ) : null}
    </Card>
  );
}

function IssuerLine({ issuer, mayWrite }: { issuer: TrustedIssuerDto; mayWrite: boolean }) {
  const [open, setOpen] = useState<"edit" | "remove" | null>(null);
  const close = () => setOpen(null);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <span className="flex flex-wrap items-center gap-2">
          <code className="mono text-ink wrap-anywhere">{issuer.issuer}</code>
          <StatusBadge tone={issuer.enabled ? "allow" : "revoked"}>{issuer.enabled ? "trusted" : "paused"}</StatusBadge>
        </span>
        <span className="text-meta text-ink-2 block">
          speaks for {peopleWords(issuer.linkedPeople)}, added <Time at={issuer.createdAt} />
        </span>
        <span className="text-meta text-ink-2 block">
          keys at <code className="mono wrap-anywhere">{issuer.jwksUri}</code>
        </span>
      </div>
      {mayWrite ? (
        <div className="flex gap-2">
          <Button size="sm" onClick={() => setOpen("edit")} aria-label={`Change ${issuer.issuer}`}>
            Change
          </Button>
          <Button size="sm" onClick={() => setOpen("remove")} aria-label={`Remove ${issuer.issuer}`}>
            Remove
          </Button>
        </div>
      ) : null}
      {open === "edit" ? <IssuerDialog issuer={issuer} known={[]} onClose={close} /> : null}
      {open === "remove" ? <RemoveIssuer issuer={issuer} onClose={close} /> : null}
    </li>
  );
}
