import type { ReactNode } from "react";
import { clientSnippets } from "@/components/connect/client-config";
import { guardSnippets } from "@/components/connect/guard-snippets";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import type { ChallengesDto } from "@/lib/server/challenges-schema";
import type { ServerDto } from "@/lib/server/schema";
import { ChallengesCard } from "./challenges-card";
import { tabHref } from "./server-tabs";

/** How to connect: the server to Gatehouse, and clients to the server. */
export function ConnectTab({
  server,
  tool,
  gatehouseUrl,
  challenges,
  mayMint,
}: {
  server: ServerDto;
  /** A tool to name in the examples. */
  tool: string;
  gatehouseUrl: string;
  /** For who runs servers; null for a member, who needs the client's side alone. */
  challenges: ChallengesDto | null;
  mayMint: boolean;
}) {
  return (
    <div className="flex max-w-4xl flex-col gap-6">
      {challenges ? (
        <>
          <ServerSide server={server} tool={tool} gatehouseUrl={gatehouseUrl} />
          <ChallengesCard title="3. Send clients to sign in" challenges={challenges} />
        </>
      ) : null}
      <Card
        title={challenges ? "4. Configure the clients" : "Configure your client"}
        description="The client sends its token to the server, and the server asks about it."
        actions={
          mayMint ? (
            <ButtonLink size="sm" href={`/tokens/new?server=${server.id}`}>
              Mint a token
            </ButtonLink>
          ) : undefined
        }
      >
        <div className="flex flex-col gap-3">
          <CodeBlock
            label={`Configuration for ${server.slug}`}
            tabs={clientSnippets(server, "<token>").filter(({ label }) => label !== ".env")}
          />
          <Where />
        </div>
      </Card>
    </div>
  );
}

function ServerSide({ server, tool, gatehouseUrl }: { server: ServerDto; tool: string; gatehouseUrl: string }) {
  const hasKey = server.counts.liveKeys > 0;
  return (
    <>
      <Card
        title="1. Give the server its key"
        description="In its environment. The key is shown once, when it is issued."
        actions={
          <ButtonLink
            size="sm"
            variant={hasKey ? "secondary" : "primary"}
            href={tabHref(server.id, "keys", hasKey ? "" : "issue=1")}
          >
            {hasKey ? "Its keys" : "Issue a key"}
          </ButtonLink>
        }
      >
        <CodeBlock
          label=".env of the server"
          code={`GATEHOUSE_URL=${gatehouseUrl}\nGATEHOUSE_SERVER_KEY=<server key>\n`}
        />
      </Card>
      <Card title="2. Ask before each tool call" description="Run the tool only where the decision is allow.">
        <div className="flex flex-col gap-3">
          <CodeBlock label="Ask Gatehouse" tabs={guardSnippets(gatehouseUrl, tool)} />
          <Callout tone="info">
            No answer is a denial: where Gatehouse cannot be reached, refuse the call. Take the token from the
            call&apos;s <span className="mono">Authorization</span> header alone, and pass the arguments so that the
            audit log shows them, redacted.
          </Callout>
        </div>
      </Card>
    </>
  );
}

const PLACES: readonly (readonly [string, ReactNode])[] = [
  ["Claude Desktop", "Settings, Developer, Edit Config"],
  [
    "Cursor",
    <span key="c" className="mono">
      ~/.cursor/mcp.json
    </span>,
  ],
  [
    "VS Code",
    <span key="v" className="mono">
      .vscode/mcp.json
    </span>,
  ],
];

/** Where each client keeps its configuration. */
function Where() {
  return (
    <dl className="text-meta text-ink-2 flex flex-wrap gap-x-6 gap-y-1">
      {PLACES.map(([client, place]) => (
        <div key={client} className="flex gap-1.5">
          <dt className="text-ink font-medium">{client}</dt>
          <dd>{place}</dd>
        </div>
      ))}
    </dl>
  );
}
