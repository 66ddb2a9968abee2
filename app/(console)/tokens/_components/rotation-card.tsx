import Link from "next/link";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { Time } from "@/components/ui/time";
import type { TokenDetailDto } from "@/lib/token/schema";
import { RevokeToken } from "./revoke-token";

/** Where a rotation stands: this is the one that goes, or the one that came. Nothing where it was never rotated. */
export function RotationCard({ token, mayRevoke }: { token: TokenDetailDto; mayRevoke: boolean }) {
  const ended = token.status === "revoked" || token.status === "expired";
  if (token.successorId && !ended) {
    return (
      <Callout
        tone="rotating"
        title="A rotation is in progress"
        action={
          <div className="flex flex-wrap gap-2">
            <ButtonLink size="sm" href={`/tokens/${token.successorId}`}>
              Open the successor
            </ButtonLink>
            {mayRevoke ? <RevokeToken token={token} label="Finish now" size="sm" /> : null}
          </div>
        }
      >
        This secret works until <Time at={token.retiresAt} format="local" />.{" "}
        {token.activity.lastUsedAt ? (
          <>
            Last used <Time at={token.activity.lastUsedAt} />: whoever used it then must have moved to the successor
            before it ends.
          </>
        ) : (
          "No use of it has been noted."
        )}
      </Callout>
    );
  }
  if (!token.predecessorId && !token.successorId) return null;
  return (
    <p className="text-body text-ink-2">
      Generation {token.generation} of a rotated token.{" "}
      {token.predecessorId ? (
        <Link className="text-accent underline" href={`/tokens/${token.predecessorId}`}>
          Its predecessor
        </Link>
      ) : null}
      {token.successorId ? (
        <Link className="text-accent underline" href={`/tokens/${token.successorId}`}>
          Its successor
        </Link>
      ) : null}
    </p>
  );
}
