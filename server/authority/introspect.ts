import { formBody, invalidField, jsonAnswer } from "@/lib/http/machine";
import { authenticateServer } from "@/lib/validate/authenticate";
import { inTime } from "@/lib/validate/in-time";
import { introspect } from "@/lib/validate/introspect";
import { clientIpField } from "@/lib/validate/schema";
import type { MachineRequest, MachineResponse, MachineRoute } from "./http";

async function handle(request: MachineRequest): Promise<MachineResponse> {
  const caller = await authenticateServer(request, { basic: true });
  const form = formBody(request);
  const token = form.get("token");
  if (!token) throw invalidField("token", "required", "is required");
  const clientIp = form.get("client_ip");
  if (clientIp !== undefined && !clientIpField.safeParse(clientIp).success) {
    throw invalidField("client_ip", "invalid_format", "is not an IP address");
  }
  return jsonAnswer(200, await introspect(caller, { token, clientIp }));
}

/** `POST /oauth/introspect` (RFC 7662). `token_type_hint` and unknown fields are ignored (§2.1). */
export const introspectRoute: MachineRoute = {
  method: "POST",
  path: "/oauth/introspect",
  maxBodyBytes: 16 * 1024,
  handle: (request) => inTime(() => handle(request)),
};
