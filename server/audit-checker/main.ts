import { parentPort, workerData } from "node:worker_threads";
import pg from "pg";
import { checkLeaves, type LeafSpan } from "@/lib/audit/proof/leaves";
import type { CheckerData } from "./checkers";

// A thread that looks at spans of the log for whoever verifies it, each as it stood in one snapshot.

const { url, snapshot } = workerData as CheckerData;
const client = new pg.Client({ connectionString: url });
await client.connect();
await client.query("SET jit = off; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
await client.query(`SET TRANSACTION SNAPSHOT ${client.escapeLiteral(snapshot)}`);
parentPort?.on("message", (span: LeafSpan) => {
  // What is thrown ends the thread, and so the check: there is nothing that it could go on with.
  void checkLeaves(client, span).then((checked) => parentPort?.postMessage(checked));
});
