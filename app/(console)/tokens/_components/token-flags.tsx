import { Callout } from "@/components/ui/callout";
import { TOKEN_FLAG_TEXT } from "@/components/token/flags";
import type { TokenFlag } from "@/lib/token/schema";

/** The flags that say why calls fail, or that somebody must act; the others stand in the status's tooltip. */
const TOLD: ReadonlySet<TokenFlag> = new Set<TokenFlag>([
  "revoked",
  "expired",
  "person_suspended",
  "agent_suspended",
  "server_disabled",
  "role_missing",
  "role_archived",
  "nothing_effective",
  "not_yet_valid",
  "dormant",
  "orphaned",
]);

/** Why its calls are refused, and what to do about it. */
export function TokenFlags({ flags }: { flags: readonly TokenFlag[] }) {
  const told = flags.filter((flag) => TOLD.has(flag));
  if (told.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      {told.map((flag) => {
        const { tone, label, remedy } = TOKEN_FLAG_TEXT[flag];
        return (
          <Callout key={flag} tone={tone} title={label}>
            {remedy}
          </Callout>
        );
      })}
    </div>
  );
}
