import type { Snippet } from "./client-config";

/** Client-safe: how an MCP server asks Gatehouse before it runs a tool. */

/** The same question in three languages. `gatehouseUrl` has no trailing slash; the key comes from the environment. */
export function guardSnippets(gatehouseUrl: string, tool: string): Snippet[] {
  return [
    {
      label: "curl",
      code: [
        `curl ${gatehouseUrl}/api/v1/validate \\`,
        `  -H "Authorization: Bearer $GATEHOUSE_SERVER_KEY" \\`,
        `  -H "Content-Type: application/json" \\`,
        `  -d '{"token": "'"$CALLER_TOKEN"'", "tool": "${tool}"}'`,
      ].join("\n"),
    },
    {
      label: "TypeScript",
      code: `/** May this token call this tool, now? No answer is a denial. */
async function mayCall(token: string, tool: string, args: unknown) {
  try {
    const response = await fetch("${gatehouseUrl}/api/v1/validate", {
      method: "POST",
      headers: {
        authorization: \`Bearer \${process.env.GATEHOUSE_SERVER_KEY}\`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ token, tool, arguments: args }),
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) return { allowed: false, reason: \`gatehouse_\${response.status}\` };
    const answer = await response.json();
    return { allowed: answer.decision === "allow", reason: answer.reason };
  } catch {
    return { allowed: false, reason: "gatehouse_unreachable" };
  }
}

const { allowed, reason } = await mayCall(token, "${tool}", args);
if (!allowed) throw new Error(\`denied: \${reason}\`);`,
    },
    {
      label: "Python",
      code: `import json, os, urllib.error, urllib.request

def may_call(token: str, tool: str, arguments: dict) -> tuple[bool, str]:
    """May this token call this tool, now? No answer is a denial."""
    request = urllib.request.Request(
        "${gatehouseUrl}/api/v1/validate",
        data=json.dumps({"token": token, "tool": tool, "arguments": arguments}).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['GATEHOUSE_SERVER_KEY']}",
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            answer = json.load(response)
    except (urllib.error.URLError, TimeoutError, ValueError) as error:
        return False, f"gatehouse: {type(error).__name__}"
    return answer["decision"] == "allow", answer["reason"]

allowed, reason = may_call(token, "${tool}", arguments)
if not allowed:
    raise PermissionError(f"denied: {reason}")`,
    },
  ];
}
