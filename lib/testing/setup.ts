import { format } from "node:util";
import { afterEach } from "vitest";

// Runs in every test process before its file is loaded.
process.env.GATEHOUSE_SECRET ??= "a secret for tests alone, of more than 32 characters";
process.env.GATEHOUSE_LOG_LEVEL ??= "silent";

/** What went to the console in the running test: nobody reads it there, so it fails the test. */
const complaints: string[] = [];
console.error = (...values: unknown[]) => void complaints.push(`console.error: ${format(...values)}`);
afterEach(() => {
  const said = complaints.splice(0);
  if (said.length > 0) throw new Error(said.join("\n"));
});
