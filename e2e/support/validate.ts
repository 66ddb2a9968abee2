/** What an MCP server is told about one call. */
export type Verdict = {
  active: boolean;
  decision: "allow" | "deny";
  reason: string;
  missingScopes?: string[];
  auditId?: string;
};

/** Asks as the MCP server does, with its key. Throws where there is no decision. */
export async function validate(
  url: string,
  serverKey: string,
  question: { token: string; tool?: string; clientIp?: string },
): Promise<Verdict> {
  const response = await fetch(`${url}/api/v1/validate`, {
    method: "POST",
    headers: { authorization: `Bearer ${serverKey}`, "content-type": "application/json" },
    body: JSON.stringify(question),
  });
  if (!response.ok) throw new Error(`validate answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Verdict;
}
