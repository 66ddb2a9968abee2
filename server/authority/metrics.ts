import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** Every metric of this process; other modules register theirs here. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

const duration = new Histogram({
  name: "gatehouse_http_request_duration_seconds",
  help: "Time from the request's head to the answer's end.",
  labelNames: ["route"],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers: [registry],
});
const requests = new Counter({
  name: "gatehouse_http_requests_total",
  help: "Answers, by route, method and status.",
  labelNames: ["route", "method", "status"],
  registers: [registry],
});
const underWay = new Gauge({
  name: "gatehouse_http_requests_under_way",
  help: "Requests that have not been answered yet.",
  registers: [registry],
});

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Counts a request; call what it returns when the answer ended. `route` is from a fixed set, never a caller's text. */
export function countRequest(route: string, method: string): (status: number) => void {
  const startedAt = performance.now();
  underWay.inc();
  return (status) => {
    underWay.dec();
    duration.observe({ route }, (performance.now() - startedAt) / 1000);
    // Any method can be sent: only the usual ones become labels, so that nobody can fill the memory with them.
    requests.inc({ route, method: METHODS.has(method) ? method : "other", status });
  };
}

/** Everything in Prometheus' text format. */
export async function metricsText(): Promise<{ contentType: string; body: string }> {
  return { contentType: registry.contentType, body: await registry.metrics() };
}
