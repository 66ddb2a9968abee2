/** Client-safe: what an MCP client needs in its configuration to call a server with a token. */

/** A server as client configurations name it. */
export type ConnectTarget = { slug: string; resource: string };

/** One way to say it: a file or a command. */
export type Snippet = { label: string; code: string };

const json = (value: unknown) => JSON.stringify(value, null, 2);

/** Quotes for a POSIX shell. */
const shell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A name for an environment variable: `TICKETS_TOKEN`. */
export function tokenVariable(target: ConnectTarget): string {
  return `${target.slug.replaceAll("-", "_").toUpperCase()}_TOKEN`;
}

/** Configurations for the usual clients. `token` is the secret, or a placeholder where it is not known any more. */
export function clientSnippets(target: ConnectTarget, token: string): Snippet[] {
  const { slug, resource } = target;
  const authorization = `Bearer ${token}`;
  return [
    { label: ".env", code: `${tokenVariable(target)}=${token}\n` },
    {
      label: "curl",
      code: [
        `curl ${shell(resource)} \\`,
        `  -H ${shell(`Authorization: ${authorization}`)} \\`,
        `  -H 'Content-Type: application/json' \\`,
        `  -H 'Accept: application/json, text/event-stream' \\`,
        `  -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
      ].join("\n"),
    },
    {
      // Claude Desktop starts programs; mcp-remote is the usual bridge to a server over HTTP. The header goes through
      // the environment, because spaces in arguments are lost on some platforms.
      label: "Claude Desktop",
      code: json({
        mcpServers: {
          [slug]: {
            command: "npx",
            args: ["-y", "mcp-remote", resource, "--header", "Authorization:${AUTHORIZATION}"],
            env: { AUTHORIZATION: authorization },
          },
        },
      }),
    },
    {
      label: "Cursor",
      code: json({ mcpServers: { [slug]: { url: resource, headers: { Authorization: authorization } } } }),
    },
    {
      label: "VS Code",
      code: json({ servers: { [slug]: { type: "http", url: resource, headers: { Authorization: authorization } } } }),
    },
  ];
}
