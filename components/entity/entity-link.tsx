import { Bot, KeyRound, Server, ShieldCheck, UserRound } from "lucide-react";
import Link from "next/link";
import { cn } from "@/components/ui/class-names";

const KINDS = {
  person: { path: "/people", icon: UserRound },
  agent: { path: "/agents", icon: Bot },
  server: { path: "/servers", icon: Server },
  role: { path: "/roles", icon: ShieldCheck },
  token: { path: "/tokens", icon: KeyRound },
} as const;
export type EntityKind = keyof typeof KINDS;

/** A thing by its name, leading to its page. Without a name it reads *(removed)*: the log outlives what it tells of. */
export function EntityLink({
  kind,
  id,
  name,
  icon = true,
  className,
}: {
  kind: EntityKind;
  id: string;
  name: string | null;
  icon?: boolean;
  className?: string;
}) {
  const { path, icon: Icon } = KINDS[kind];
  const inside = (
    <>
      {icon ? <Icon aria-hidden className="text-ink-3 size-3.5 shrink-0" /> : null}
      <span className="truncate">{name ?? "(removed)"}</span>
    </>
  );
  const look = cn("inline-flex max-w-full min-w-0 items-center gap-1.5 align-bottom", className);
  if (name === null)
    return (
      <span className={cn(look, "text-ink-3")} title={id}>
        {inside}
      </span>
    );
  return (
    <Link
      href={`${path}/${encodeURIComponent(id)}`}
      className={cn(look, "text-ink min-h-6 rounded-sm hover:underline")}
      title={name}
    >
      {inside}
    </Link>
  );
}
