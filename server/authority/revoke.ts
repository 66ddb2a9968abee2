import { formBody, invalidField, jsonAnswer } from "@/lib/http/machine";
import { revokePresented, strangersTurn, type Revoker } from "@/lib/oauth/revoke";
import { authenticateClient, presentedClient } from "@/lib/oauth/revoking-client";
import { authenticateServer } from "@/lib/validate/authenticate";
import { problemAnswer } from "./answer";
import { withCors } from "./cors";
import type { MachineRequest, MachineResponse, MachineRoute } from "./http";

/** An error of RFC 6749 §5.2, in the words that OAuth clients read. */
function refuse(status: 400 | 401, error: string, description: string): MachineResponse {
  const answer = jsonAnswer(status, { error, error_description: description });
  if (status === 401) answer.headers["www-authenticate"] = 'Basic realm="gatehouse"';
  return answer;
}

async function revoke(request: MachineRequest): Promise<MachineResponse> {
  const { authorization } = request.headers;
  const form = formBody(request);
  const token = form.get("token");
  if (!token) throw invalidField("token", "required", "is required");
  const presented = presentedClient(request, form);
  if (presented === "ambiguous") return refuse(400, "invalid_request", "Show one credential: in the header, or here.");
  let revoker: Revoker = null;
  if (presented) {
    const client = await authenticateClient(request, presented, strangersTurn);
    if (!client) return refuse(401, "invalid_client", "The client's id and secret are not valid.");
    revoker = { client };
  } else if (authorization !== undefined && authorization !== `Bearer ${token}`) {
    // No credentials at all, or the token itself as bearer: possession. Anything else must be a good server key.
    revoker = { server: await authenticateServer(request, { basic: true }) };
  }
  if ((await revokePresented(request, revoker, token)) === "not_theirs")
    return refuse(400, "invalid_request", "This token is not the client's.");
  return { status: 200, headers: { "cache-control": "no-store" }, body: "" };
}

const PATH = "/oauth/revoke";

/** `POST /oauth/revoke` (RFC 7009), also from a browser. `token_type_hint` and unknown fields are ignored. */
export const revokeRoute: MachineRoute = {
  method: "POST",
  path: PATH,
  maxBodyBytes: 16 * 1024,
  handle: async (request) =>
    withCors(await revoke(request).catch((error: unknown) => problemAnswer(error, request.requestId)), "POST"),
};

/** What a browser asks before it does so. */
export const revokePreflight: MachineRoute = {
  method: "OPTIONS",
  path: PATH,
  maxBodyBytes: 0,
  handle: () => Promise.resolve(withCors({ status: 204, headers: {}, body: "" }, "POST")),
};
