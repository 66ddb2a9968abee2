import { Check, ChevronRight } from "lucide-react";
import Link from "next/link";
import { Card } from "@/components/ui/card";
import { cn } from "@/components/ui/class-names";
import type { OverviewDto } from "@/lib/overview/schema";

type Checklist = NonNullable<OverviewDto["checklist"]>;

const STEP_TEXT: Record<Checklist["steps"][number]["step"], { title: string; text: string }> = {
  owner: { title: "Create the owner", text: "The first person, who may do everything." },
  server: { title: "Register an MCP server", text: "Name it, say where it is, and issue its key." },
  tools: { title: "Import its tools", text: "Read them from the running server, and say which scope each needs." },
  role: { title: "Create a role", text: "A set of scopes that people and agents can hold." },
  token: { title: "Mint a token", text: "For a person or an agent, under a role. It is shown once." },
  validate: {
    title: "Guard the first call",
    text: "The server asks Gatehouse before it runs a tool. The log shows the answer.",
  },
};

/** The way to the first guarded call: what is done, what is next. */
export function ChecklistCard({ checklist }: { checklist: Checklist }) {
  const doneCount = checklist.steps.filter((step) => step.done).length;
  const nextStep = checklist.steps.find((step) => !step.done)?.step;
  return (
    <Card
      flush
      title="Set up Gatehouse"
      description={`${doneCount} of ${checklist.steps.length} steps done`}
      className="max-w-3xl"
    >
      <ol className="divide-hairline divide-y">
        {checklist.steps.map(({ step, done, href }, index) => (
          <li key={step}>
            <Link
              href={href}
              aria-current={step === nextStep ? "step" : undefined}
              className={cn(
                "flex items-center gap-3 px-4 py-3 -outline-offset-2",
                step === nextStep ? "bg-selected/50 hover:bg-selected" : "hover:bg-raised/60",
              )}
            >
              <span
                className={cn(
                  "text-meta flex size-6 shrink-0 items-center justify-center rounded-full border font-medium",
                  done && "bg-allow-tint text-allow border-transparent",
                  !done && step === nextStep && "border-accent text-accent",
                  !done && step !== nextStep && "text-ink-2",
                )}
              >
                {done ? <Check aria-label="Done" className="size-3.5" /> : index + 1}
              </span>
              <span className="min-w-0 flex-1">
                <span className={cn("text-body block font-medium", done ? "text-ink-2" : "text-ink")}>
                  {STEP_TEXT[step].title}
                </span>
                <span className="text-meta text-ink-2 block">{STEP_TEXT[step].text}</span>
              </span>
              <ChevronRight aria-hidden className="text-ink-3 size-4 shrink-0" />
            </Link>
          </li>
        ))}
      </ol>
    </Card>
  );
}
