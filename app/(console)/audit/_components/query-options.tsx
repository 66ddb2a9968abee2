import { cn } from "@/components/ui/class-names";
import type { Option } from "@/lib/audit/language/options";

/** What fits at the caret. The listbox is always there, since the box names it; it shows while it has options. */
export function QueryOptions({
  id,
  options,
  active,
  onTake,
}: {
  id: string;
  options: readonly Option[];
  active: number;
  onTake: (nth: number) => void;
}) {
  return (
    <>
      <ul
        id={`${id}-options`}
        role="listbox"
        aria-label="Suggestions"
        className={cn(
          "bg-overlay shadow-overlay absolute inset-x-0 top-full z-30 mt-1 max-h-[min(22rem,50dvh)] overflow-y-auto rounded-lg p-1",
          options.length === 0 && "hidden",
        )}
      >
        {options.map(({ text, detail }, nth) => (
          <li
            key={text}
            id={`${id}-${nth}`}
            role="option"
            aria-selected={nth === active}
            ref={nth === active ? (row) => row?.scrollIntoView({ block: "nearest" }) : undefined}
            // The caret stays where it is.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTake(nth)}
            className={cn(
              "flex min-h-8 cursor-default items-baseline gap-3 rounded-md px-2 py-1.5 pointer-coarse:min-h-11",
              nth === active ? "bg-selected" : "hover:bg-raised",
            )}
          >
            <span className="mono max-w-[60%] shrink-0 truncate">{text}</span>
            <span className="text-meta text-ink-2 min-w-0 truncate">{detail}</span>
          </li>
        ))}
      </ul>
      <span role="status" className="sr-only">
        {options.length > 0 ? `${options.length} suggestions` : ""}
      </span>
    </>
  );
}
