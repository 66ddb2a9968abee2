/** Reads one challenge by RFC 9110 §11.2 to the letter: token, then parameters of token "=" (token / quoted-string). Throws where it is none. */
export function parseChallenge(header: string): { scheme: string; parameters: Record<string, string> } {
  const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
  const QUOTED = /"((?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t \x21-\x7e])*)"/y;
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    if (!found) return null;
    at = pattern.lastIndex;
    return found[1] ?? found[0];
  };
  const need = (pattern: RegExp): string => {
    const found = take(pattern);
    if (found === null) throw new Error(`not a challenge, from ${at}: ${header}`);
    return found;
  };
  const scheme = need(TOKEN);
  need(/ +/y);
  const parameters: Record<string, string> = {};
  for (;;) {
    const name = need(TOKEN);
    need(/[\t ]*=[\t ]*/y);
    const quoted = take(QUOTED);
    if (name in parameters) throw new Error(`${name} stands twice: ${header}`);
    parameters[name] = quoted === null ? need(TOKEN) : quoted.replace(/\\(.)/g, "$1");
    if (at === header.length) return { scheme, parameters };
    need(/[\t ]*,[\t ]*/y);
  }
}
