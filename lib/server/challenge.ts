/** Client-safe: what an MCP server answers with where a token is missing, bad, or gives too little. */

/** A challenge's parameters, in the order in which they are written; what is undefined is left out. */
export type ChallengeParameters = Readonly<Record<string, string | undefined>>;

/**
 * One `WWW-Authenticate` value (RFC 9110 §11.6.1): every value a quoted string, as RFC 6750 §3, RFC 9728 §5.1 and RFC 9449 §7.1
 * write theirs. Throws where a value is not of printable ASCII, for which headers have no form.
 */
export function challenge(scheme: "Bearer" | "DPoP", parameters: ChallengeParameters): string {
  const written = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quoted(value)}`],
  );
  return `${scheme} ${written.join(", ")}`;
}

function quoted(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) throw new Error("a challenge holds printable ASCII alone");
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
