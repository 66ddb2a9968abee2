import { CircleHelp, Equal, Minus, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/components/ui/class-names";

export type Effect = {
  id: string;
  /** Who or what it is about. */
  subject: ReactNode;
  gained: readonly string[];
  lost: readonly string[];
  /** True where the effect could not be computed: never read as *no change*. */
  unknown?: boolean;
};

const LOOK = {
  gain: { icon: Plus, word: "gains", className: "bg-allow-tint text-allow" },
  lose: { icon: Minus, word: "loses", className: "bg-deny-tint text-deny" },
  unchanged: { icon: Equal, word: "unchanged", className: "bg-raised text-ink-2" },
  unknown: { icon: CircleHelp, word: "not known", className: "bg-expiring-tint text-expiring" },
} as const;

/** What a change would do to each of those it touches, before it is saved. */
export function EffectDiff({ effects, className }: { effects: readonly Effect[]; className?: string }) {
  return (
    <ul className={cn("divide-hairline border-hairline divide-y rounded-lg border", className)}>
      {effects.map((effect) => (
        <li key={effect.id} className="grid gap-x-4 gap-y-1.5 px-4 py-2 sm:grid-cols-[minmax(0,14rem)_minmax(0,1fr)]">
          <span className="text-body text-ink min-w-0 truncate font-medium">{effect.subject}</span>
          <span className="flex min-w-0 flex-wrap gap-1.5">
            {effect.unknown ? <Mark kind="unknown" /> : null}
            {effect.gained.map((name) => (
              <Mark key={`+${name}`} kind="gain" name={name} />
            ))}
            {effect.lost.map((name) => (
              <Mark key={`-${name}`} kind="lose" name={name} />
            ))}
            {!effect.unknown && effect.gained.length + effect.lost.length === 0 ? <Mark kind="unchanged" /> : null}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Mark({ kind, name }: { kind: keyof typeof LOOK; name?: string }) {
  const { icon: Icon, word, className } = LOOK[kind];
  return (
    <span className={cn("text-meta inline-flex h-5 max-w-full items-center gap-1 rounded-sm px-1.5", className)}>
      <Icon aria-hidden className="size-3 shrink-0" />
      <span className={name ? "sr-only" : undefined}>{word}</span>
      {name ? <span className="mono truncate">{name}</span> : null}
    </span>
  );
}

/** What the save button says: `Save: 3 gain, 1 loses`. */
export function effectSummary(effects: readonly Effect[]): string {
  const gain = effects.filter((effect) => effect.gained.length > 0).length;
  const lose = effects.filter((effect) => effect.lost.length > 0).length;
  const unknown = effects.filter((effect) => effect.unknown).length;
  const parts = [
    gain > 0 ? `${gain} ${gain === 1 ? "gains" : "gain"}` : null,
    lose > 0 ? `${lose} ${lose === 1 ? "loses" : "lose"}` : null,
    unknown > 0 ? `${unknown} not known` : null,
  ].filter(Boolean);
  return parts.length > 0 ? `Save: ${parts.join(", ")}` : "Save";
}
