import { formBody, invalidField } from "@/lib/http/machine";
import { revokePresented } from "@/lib/oauth/revoke";
import { authenticateServer } from "@/lib/validate/authenticate";
import type { MachineRequest, MachineResponse, MachineRoute } from "./http";

async function handle(request: MachineRequest): Promise<MachineResponse> {
  const authorization = request.headers.authorization;
  const token = formBody(request).get("token");
  if (!token) throw invalidField("token", "required", "is required");
  // No credentials at all, or the token itself as bearer: possession. Anything else must be a good server key.
  const byHolder = authorization === undefined || authorization === `Bearer ${token}`;
  const caller = byHolder ? null : await authenticateServer(request, { basic: true });
  await revokePresented(request, caller, token);
  return { status: 200, headers: { "cache-control": "no-store" }, body: "" };
}

/** `POST /oauth/revoke` (RFC 7009). `token_type_hint` and unknown fields are ignored. */
export const revokeRoute: MachineRoute = { method: "POST", path: "/oauth/revoke", maxBodyBytes: 16 * 1024, handle };
