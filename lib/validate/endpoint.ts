import "server-only";
import { jsonBody, jsonTextAnswer, type MachineInput, type MachineOutput } from "@/lib/http/machine";
import { authenticateServer, cachedServer } from "./authenticate";
import { validateCalls } from "./call";
import { inTime } from "./in-time";
import { timed } from "./metrics";
import { validateBatchSchema, validateSchema } from "./schema";

/** The longest body of one validation, bytes: its arguments are most of it. */
export const MAX_VALIDATE_BYTES = 256 * 1024;
/** The longest body of a batch, bytes. */
export const MAX_BATCH_BYTES = 2 * 1024 * 1024;

/** `POST /api/v1/validate`, from request to answer, whoever listens. Throws what `toProblem` turns into an answer. */
export function answerValidate(input: MachineInput): Promise<MachineOutput> {
  return inTime(() =>
    timed("single", async () => {
      const caller = cachedServer(input) ?? (await authenticateServer(input));
      const [answer = ""] = await validateCalls(caller, [jsonBody(input, validateSchema)]);
      return jsonTextAnswer(200, answer);
    }),
  );
}

/** `POST /api/v1/validate/batch`: all items are decided on one snapshot and recorded in one commit, or none is. */
export function answerValidateBatch(input: MachineInput): Promise<MachineOutput> {
  return inTime(() =>
    timed("batch", async () => {
      const caller = cachedServer(input) ?? (await authenticateServer(input));
      const { items } = jsonBody(input, validateBatchSchema);
      return jsonTextAnswer(200, `{"results":[${(await validateCalls(caller, items)).join(",")}]}`);
    }),
  );
}
