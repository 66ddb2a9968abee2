import { jsonAnswer, jsonBody } from "@/lib/http/machine";
import { recordToolCalls } from "@/lib/toolcall/record";
import { recordToolCallsSchema } from "@/lib/toolcall/schema";
import { authenticateServer } from "@/lib/validate/authenticate";
import { inTime } from "@/lib/validate/in-time";
import type { MachineRequest, MachineResponse, MachineRoute } from "./http";

async function handle(request: MachineRequest): Promise<MachineResponse> {
  const caller = await authenticateServer(request);
  return jsonAnswer(202, await recordToolCalls(caller, jsonBody(request, recordToolCallsSchema)));
}

/** `POST /api/v1/audit/tool-calls`: how calls ended, from the server that ran them. 202 once durable. */
export const toolCallsRoute: MachineRoute = {
  method: "POST",
  path: "/api/v1/audit/tool-calls",
  maxBodyBytes: 2 * 1024 * 1024,
  handle: (request) => inTime(() => handle(request)),
};
