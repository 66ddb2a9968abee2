import { cn } from "./class-names";

/** The initials of a name, for the eye alone: the name itself always stands beside it. */
export function Avatar({ name, square, className }: { name: string; square?: boolean; className?: string }) {
  const words = name.trim().split(/\s+/);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("")
    .toUpperCase();
  return (
    <span
      aria-hidden
      className={cn(
        "border-hairline bg-raised text-ink-2 inline-flex size-6 shrink-0 items-center justify-center border text-[0.625rem] font-semibold",
        square ? "rounded-md" : "rounded-full",
        className,
      )}
    >
      {initials}
    </span>
  );
}
