/** What an MCP server is told about one call. */
export type Verdict = {
  active: boolean;
  decision: "allow" | "deny";
  reason: string;
  missingScopes?: string[];
  auditId?: string;
};

/** How often a 503 is asked again: on a busy machine the decision may miss its deadline, which denies the call. */
const ATTEMPTS = 5;

/** Asks as the MCP server does, with its key. Throws where there is no decision. */
export async function validate(
  url: string,
  serverKey: string,
  question: { token: string; tool?: string; clientIp?: string },
  attempts = ATTEMPTS,
): Promise<Verdict> {
  const response = await fetch(`${url}/api/v1/validate`, {
    method: "POST",
    headers: { authorization: `Bearer ${serverKey}`, "content-type": "application/json" },
    body: JSON.stringify(question),
  });
  if (response.status === 503 && attempts > 1) return validate(url, serverKey, question, attempts - 1);
  if (!response.ok) throw new Error(`validate answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Verdict;
}
