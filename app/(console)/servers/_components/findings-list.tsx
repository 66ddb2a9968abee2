import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import type { Finding } from "./attention";

/** What needs attention, each with its remedy. `mayAct` hides the remedies of whoever can only look. */
export function FindingsList({ findings, mayAct }: { findings: readonly Finding[]; mayAct: boolean }) {
  if (findings.length === 0) return null;
  return (
    <ul aria-label="What needs attention" className="flex flex-col gap-2">
      {findings.map(({ id, tone, title, text, remedy }) => (
        <li key={id}>
          <Callout
            tone={tone}
            title={title}
            action={
              remedy && mayAct ? (
                <ButtonLink size="sm" href={remedy.href}>
                  {remedy.label}
                </ButtonLink>
              ) : undefined
            }
          >
            {text}
          </Callout>
        </li>
      ))}
    </ul>
  );
}
