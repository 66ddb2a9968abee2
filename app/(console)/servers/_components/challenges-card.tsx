import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import type { ChallengesDto } from "@/lib/server/challenges-schema";

const SHOWN_SETS = 5;

/** What the server answers with, ready to copy, so that clients find their way to a token by themselves. */
export function ChallengesCard({ title, challenges }: { title: string; challenges: ChallengesDto }) {
  const { metadata, unauthenticated, invalidToken, insufficientScope } = challenges;
  const header = (value: string) => `WWW-Authenticate: ${value}`;
  const shown = insufficientScope.slice(0, SHOWN_SETS);
  const more = insufficientScope.length - shown.length;
  return (
    <Card
      title={title}
      description="Refuse with these headers, and MCP clients find Gatehouse and ask for what is missing."
    >
      <div className="flex flex-col gap-3">
        <CodeBlock
          label="WWW-Authenticate"
          wrap
          tabs={[
            { label: "401, no token", code: header(unauthenticated) },
            { label: "401, not active", code: header(invalidToken) },
            ...shown.map(({ scopes, value }) => ({ label: `403, ${scopes.join(" ")}`, code: header(value) })),
          ]}
        />
        <CodeBlock
          label="Protected resource metadata"
          wrap
          code={[metadata.hosted, ...(metadata.wellKnown ? [metadata.wellKnown] : [])].join("\n")}
        />
        <Callout tone="info">
          The first address is served by Gatehouse, and the headers name it. The second is where clients look that read
          no header: serve a copy of the first there. In a 403, name all that the call needs, together with what the
          token has.
          {more > 0 ? ` ${more} more sets of scopes are in the API, at GET /servers/{id}/challenges.` : null}
        </Callout>
      </div>
    </Card>
  );
}
