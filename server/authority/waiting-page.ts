import { GatehouseError } from "@/lib/errors";
import { toProblem } from "@/lib/http/problem";
import type { MachineResponse } from "./http";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="1">
<title>Starting · Gatehouse</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 100vh; margin: 0; }
  p { opacity: 0.8; }
</style>
</head>
<body><main><h1>Gatehouse is starting</h1><p>This page reloads by itself.</p></main></body>
</html>
`;

/** The answer while the console is not there: a page that reloads itself for browsers, a problem for everybody else. */
export function consoleAway(accept: string | undefined, requestId: string): MachineResponse {
  if (accept?.includes("text/html"))
    return {
      status: 503,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        "cache-control": "no-store",
        "retry-after": "1",
      },
      body: PAGE,
    };
  const error = new GatehouseError("unavailable", { detail: "The console is starting.", retryAfterSeconds: 1 });
  const { status, headers, body } = toProblem(error, requestId); // expected while it starts: not worth a line of log
  return { status, headers, body: JSON.stringify(body) };
}
