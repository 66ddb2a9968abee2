// An MCP client on the official SDK, for both sides of the conformance suite: its client scenarios drive it as they drive any
// (`conformance client --command "node conformance/client.mjs"`), and `run.mjs` has the very same one sign in at Gatehouse.
//
//     node conformance/client.mjs <address of the MCP server>
//
// It goes to the authorization server as a browser without a person would. With ASK_PERSON=1 it prints `Open <address>` instead,
// and waits until a browser comes back. Ends with 0 where it listed the server's tools and called the first.
//
// How it asks for access follows MCP_CONFORMANCE_SCENARIO and MCP_CONFORMANCE_CONTEXT, as the suite sets them.
import { createServer } from "node:http";
import { Client, DpopSession, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { providerWithoutPerson } from "./without-person.mjs";

const serverUrl = new URL(process.argv[2] ?? "");
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? "";
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");
/** How often it asks anew for one call before it gives up. */
const ATTEMPTS = 3;

let cameBack = () => {};
const listener = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  response.writeHead(url.pathname === "/callback" ? 200 : 404, { "content-type": "text/html" }).end("<h1>Back</h1>");
  if (url.pathname === "/callback") cameBack(url.searchParams);
});
await new Promise((listening) => listener.listen(0, "127.0.0.1", listening));
const redirectUrl = `http://127.0.0.1:${listener.address().port}/callback`;

/** What the client keeps. The SDK stamps what it saves with the issuer that it is from, and asks by it. */
const kept = { client: context.client_id && { client_id: context.client_id, client_secret: context.client_secret } };
let answer = Promise.resolve(new URLSearchParams());

const dpop = scenario.startsWith("auth/dpop") ? await DpopSession.create() : undefined;

const throughPerson = {
  redirectUrl,
  clientMetadata: {
    client_name: "Conformance client",
    redirect_uris: [redirectUrl],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    application_type: "native",
  },
  ...(process.env.ASK_PERSON ? {} : { clientMetadataUrl: "https://conformance-test.local/client-metadata.json" }),
  state: () => (kept.state = crypto.randomUUID()),
  clientInformation: () => kept.client,
  saveClientInformation: (client) => void (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens(tokens) {
    kept.tokens = tokens;
    // It was for the way to the browser and back: where the server names another issuer later, that one counts.
    delete kept.discovered;
  },
  saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
  codeVerifier: () => kept.verifier,
  saveDiscoveryState: (state) => void (kept.discovered = state),
  discoveryState: () => kept.discovered,
  invalidateCredentials(which) {
    const parts = { all: ["tokens", "client", "verifier", "discovered"], discovery: ["discovered"] };
    for (const part of parts[which] ?? [which]) delete kept[part];
  },
  async redirectToAuthorization(url) {
    answer = new Promise((came) => (cameBack = came));
    if (process.env.ASK_PERSON) console.log(`Open ${url.href}`);
    else await fetch(url);
  },
  ...(dpop && { dpop: () => dpop }),
};
const provider = providerWithoutPerson(scenario, context) ?? throughPerson;

const transport = () => new StreamableHTTPClientTransport(serverUrl, { authProvider: provider });

/** Connects and works; where the person is needed first, asks them and begins anew. */
async function signedIn(work) {
  for (let attempt = 1; ; attempt += 1) {
    const client = new Client(
      { name: "conformance-client", version: "1.0.0" },
      { versionNegotiation: { mode: "auto" } },
    );
    try {
      await client.connect(transport());
      return await work(client);
    } catch (error) {
      if (!(error instanceof UnauthorizedError) || attempt === ATTEMPTS) throw error;
      const came = await answer;
      if (came.get("state") !== kept.state)
        throw new Error("The browser came back with another state", { cause: error });
      await transport().finishAuth(came);
    } finally {
      await client.close();
    }
  }
}

try {
  const { tools } = await signedIn((client) => client.listTools());
  const [tool] = tools;
  if (tool) await signedIn((client) => client.callTool({ name: tool.name, arguments: {} }));
  console.log(`Called ${tool?.name ?? "nothing"}`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  listener.closeAllConnections();
  listener.close();
}
