import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { formatDuration } from "@/components/ui/format-time";
import type { ServerDto } from "@/lib/server/schema";
import { EditOAuthTokens } from "./edit-oauth-tokens";

/** What agents get that sign in with OAuth: in what form, for how long, bound to what. */
export function OAuthTokens({ server, mayWrite }: { server: ServerDto; mayWrite: boolean }) {
  const { accessTokenFormat, accessTokenSeconds, requireDpop } = server;
  return (
    <Card
      title="OAuth access tokens"
      actions={mayWrite ? <EditOAuthTokens key={server.updatedAt} server={server} /> : undefined}
    >
      <DescriptionList
        items={[
          {
            term: "Format",
            detail:
              accessTokenFormat === "jwt"
                ? "JWT: signed, and the server may read it"
                : "opaque: only Gatehouse knows what it says",
          },
          { term: "Lifetime", detail: `${formatDuration(accessTokenSeconds)}, then the agent refreshes it` },
          {
            term: "Bound",
            detail: requireDpop ? "always, to the agent's key (DPoP)" : "where the agent asks for DPoP",
          },
        ]}
      />
    </Card>
  );
}
