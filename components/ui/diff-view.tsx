import { cn } from "./class-names";

export type FieldDiff = { field: string; before: unknown; after: unknown };

function show(value: unknown): string {
  if (value === null || value === undefined || value === "") return "none";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(show).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What a change did, field by field. Lists tell what was taken and what was added, not the whole twice. */
export function DiffView({ changes, className }: { changes: readonly FieldDiff[]; className?: string }) {
  return (
    <dl className={cn("text-body divide-hairline divide-y", className)}>
      {changes.map((change) => (
        <div key={change.field} className="grid gap-x-4 gap-y-1 py-2 sm:grid-cols-[9rem_minmax(0,1fr)]">
          <dt className="text-ink-2">{change.field}</dt>
          <dd className="flex min-w-0 flex-col items-start gap-1">
            {Array.isArray(change.before) && Array.isArray(change.after) ? (
              <ListDiff before={change.before.map(show)} after={change.after.map(show)} />
            ) : (
              <>
                <Line sign="−" text={show(change.before)} />
                <Line sign="+" text={show(change.after)} />
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function ListDiff({ before, after }: { before: readonly string[]; after: readonly string[] }) {
  return (
    <>
      {before
        .filter((item) => !after.includes(item))
        .map((item) => (
          <Line key={`-${item}`} sign="−" text={item} />
        ))}
      {after
        .filter((item) => !before.includes(item))
        .map((item) => (
          <Line key={`+${item}`} sign="+" text={item} />
        ))}
    </>
  );
}

function Line({ sign, text }: { sign: "−" | "+"; text: string }) {
  const removed = sign === "−";
  return (
    <span
      className={cn(
        "mono flex max-w-full gap-1.5 rounded-sm px-1.5 py-0.5 wrap-anywhere",
        removed ? "bg-deny-tint text-deny" : "bg-allow-tint text-allow",
      )}
    >
      <span aria-hidden>{sign}</span>
      <span className="sr-only">{removed ? "before: " : "after: "}</span>
      <span className="min-w-0">{text}</span>
    </span>
  );
}
