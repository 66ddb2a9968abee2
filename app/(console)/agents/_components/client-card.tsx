import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { DescriptionList } from "@/components/ui/description-list";
import { formatDuration } from "@/components/ui/format-time";
import { Time } from "@/components/ui/time";
import type { AgentDto } from "@/lib/agent/schema";
import type { ExtraGrant, OauthClientDto } from "@/lib/oauth/client-schema";
import { ClientSecrets } from "./client-secrets";
import {
  authMethodWords,
  extraGrantsOf,
  extraGrantWords,
  grantTypeWords,
  usesSecret,
  usualGrantsOf,
} from "./client-words";
import { SetClient } from "./set-client";
import { SetPregranted, type PregrantServer } from "./set-pregranted";
import { SetIdleTimeout } from "./set-idle-timeout";

/** What an agent is as an OAuth client, and for admins the way to change it. */
export function ClientCard({
  agent,
  client,
  servers,
  mayWrite,
}: {
  agent: AgentDto;
  client: OauthClientDto | null;
  /** Of which scopes may be added to what it asks; none for who may not. */
  servers: readonly PregrantServer[];
  mayWrite: boolean;
}) {
  const change = mayWrite && agent.origin === "registered";
  return (
    <Card
      title="OAuth client"
      actions={
        change ? (
          <SetClient
            key={JSON.stringify(client)}
            agent={{ id: agent.id, name: agent.name, kind: agent.kind }}
            client={client}
          />
        ) : mayWrite && client ? (
          <SetIdleTimeout
            key={String(client.idleTimeoutSeconds)}
            agent={{ id: agent.id, name: agent.name }}
            client={client}
          />
        ) : undefined
      }
    >
      {client ? (
        <>
          <div className="border-hairline bg-page mb-1 flex items-center gap-1 rounded-md border py-1 pr-1 pl-3">
            <div className="min-w-0 flex-1">
              <p className="text-caption text-ink-2">Client id</p>
              <code className="mono text-ink block wrap-anywhere">{client.clientId}</code>
            </div>
            <CopyButton iconOnly value={client.clientId} label="Copy client id" />
          </div>
          <ClientFacts agent={agent} client={client} />
          {agent.kind === "interactive" ? <Pregranted agent={agent} client={client} servers={servers} /> : null}
          {usesSecret(client.authMethod) || client.secrets.length > 0 ? (
            <ClientSecrets
              agent={{ id: agent.id, name: agent.name }}
              secrets={client.secrets}
              mayWrite={mayWrite}
              mayIssue={mayWrite && usesSecret(client.authMethod)}
            />
          ) : null}
        </>
      ) : (
        <p className="text-body text-ink-2">
          It is none: it calls with tokens that are minted here.{" "}
          {agent.kind === "machine"
            ? "As a client it gets short-lived tokens by itself."
            : "As a client it asks people to let it act for them."}
        </p>
      )}
    </Card>
  );
}

function ClientFacts({ agent, client }: { agent: AgentDto; client: OauthClientDto }) {
  const { label, description } = authMethodWords(client.authMethod);
  return (
    <DescriptionList
      items={[
        ...(agent.documentHost
          ? [
              {
                term: "Its document",
                detail: (
                  <>
                    on {agent.documentHost}, which vouches for it; read <Time at={client.documentReadAt} />
                  </>
                ),
              },
            ]
          : []),
        {
          term: "Proves itself",
          detail: (
            <>
              {label}
              <span className="text-meta text-ink-2 block">{description}</span>
            </>
          ),
        },
        ...(client.jwksUri
          ? [{ term: "Its keys", detail: <code className="mono wrap-anywhere">{client.jwksUri}</code> }]
          : client.jwks
            ? [{ term: "Its keys", detail: "given here" }]
            : []),
        ...(client.redirectUris.length > 0
          ? [
              {
                term: "Goes on to",
                detail: (
                  <ul className="flex flex-col gap-0.5">
                    {client.redirectUris.map((uri) => (
                      <li key={uri} className="mono wrap-anywhere">
                        {uri}
                      </li>
                    ))}
                  </ul>
                ),
              },
            ]
          : []),
        {
          term: "Gets tokens",
          detail: (
            <span className="flex flex-wrap gap-1">
              {usualGrantsOf(client).map((type) => (
                <Badge key={type}>{grantTypeWords(type)}</Badge>
              ))}
            </span>
          ),
        },
        {
          term: "May also",
          detail: <ExtraGrants grants={extraGrantsOf(client)} />,
        },
        ...(client.clientUri
          ? [
              {
                term: "Says it is of",
                detail: <span className="mono wrap-anywhere">{client.clientUri}</span>,
              },
            ]
          : []),
        ...(client.idleTimeoutSeconds === null
          ? []
          : [
              {
                term: "Ends when idle",
                detail: `after ${formatDuration(client.idleTimeoutSeconds)} without an allowed call`,
              },
            ]),
        { term: "Bound tokens", detail: client.requireDpop ? "always: DPoP is required" : "where it asks for DPoP" },
      ]}
    />
  );
}

/** What is added to whatever it asks, by server. */
function Pregranted({
  agent,
  client,
  servers,
}: {
  agent: AgentDto;
  client: OauthClientDto;
  servers: readonly PregrantServer[];
}) {
  return (
    <div className="border-hairline mt-3 flex items-start justify-between gap-3 border-t pt-3">
      <div className="min-w-0">
        <h3 className="text-body text-ink font-medium">Added to what it asks</h3>
        {client.pregranted.length === 0 ? <p className="text-meta text-ink-2">nothing</p> : null}
        {client.pregranted.map(({ server, scopes }) => (
          <p key={server.id} className="text-meta text-ink-2 wrap-anywhere">
            {server.name}: <span className="mono">{scopes.join(", ")}</span>
          </p>
        ))}
      </div>
      <SetPregranted
        key={JSON.stringify(client.pregranted)}
        agent={{ id: agent.id, name: agent.name }}
        client={client}
        servers={servers}
      />
    </div>
  );
}

function ExtraGrants({ grants }: { grants: readonly ExtraGrant[] }) {
  if (grants.length === 0) return "nothing else";
  return (
    <ul className="flex flex-col gap-1.5">
      {grants.map((grant) => (
        <li key={grant}>
          {extraGrantWords(grant).label}
          <span className="text-meta text-ink-2 block">{extraGrantWords(grant).description}</span>
        </li>
      ))}
    </ul>
  );
}
