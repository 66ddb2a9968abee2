import { gunAt, type Gun } from "./fire";
import type { FromGenerator, ToGenerator } from "./messages";

/** The load generator: a process of its own, so that its work is measured apart and no garbage of ours delays a call. */
let gun: Gun | null = null;

function tell(message: FromGenerator): void {
  process.send?.(message);
}

async function handle(message: ToGenerator): Promise<void> {
  if (message.kind === "aim") {
    gun = gunAt(message.aim);
    return tell({ kind: "aimed" });
  }
  if (!gun) throw new Error("told to run before it was aimed");
  tell({ kind: "result", result: await gun(message.run, () => tell({ kind: "started" })) });
}

process.on("message", (message: ToGenerator) => {
  handle(message).catch((error: unknown) => tell({ kind: "failed", message: String(error) }));
});
process.on("disconnect", () => process.exit(0));
