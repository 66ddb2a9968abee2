"use client";

import { useState } from "react";
import { clientSnippets, type ConnectTarget } from "@/components/connect/client-config";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { SecretField } from "@/components/ui/secret-field";
import { Switch } from "@/components/ui/switch";
import { useCopiedGuard } from "@/components/ui/use-copied-guard";

/** The part of a freshly minted or rotated token that the reader needs; `token` is the secret. */
export type FreshToken = { id: string; name: string; masked: string; token: string };

/**
 * The secret, this once: it lives in this component's memory alone. Leaving the page before it was copied asks first.
 */
export function MintedToken({
  token,
  targets,
  onAnother,
}: {
  token: FreshToken;
  targets: readonly ConnectTarget[];
  onAnother?: () => void;
}) {
  const { onCopied, guard } = useCopiedGuard("token", true);
  const [inSnippets, setInSnippets] = useState(false);
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <Card>
        <div className="flex flex-col gap-4">
          <Callout tone="allow" title={`${token.name} is minted`}>
            It works from now on. Its use and its end stand in the audit log.
          </Callout>
          <SecretField label="Token" value={token.token} masked={token.masked} onCopied={onCopied} />
        </div>
      </Card>
      {targets.map((target) => (
        <Card
          key={target.slug}
          title={`Use it on ${target.slug}`}
          actions={<Switch label="With the secret" checked={inSnippets} onCheckedChange={setInSnippets} />}
        >
          <CodeBlock
            label={`Configuration for ${target.slug}`}
            tabs={clientSnippets(target, inSnippets ? token.token : token.masked)}
          />
        </Card>
      ))}
      <div className="flex flex-wrap gap-2">
        <ButtonLink href={`/tokens/${token.id}`} variant="primary">
          Open the token
        </ButtonLink>
        {onAnother ? <Button onClick={() => (guard() ? undefined : onAnother())}>Mint another</Button> : null}
        <ButtonLink href="/tokens" variant="ghost">
          All tokens
        </ButtonLink>
      </div>
    </div>
  );
}
