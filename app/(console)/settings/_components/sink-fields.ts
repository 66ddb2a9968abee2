import type { SinkKind } from "@/lib/audit/sinks/settings";

/** Client-safe: what a form asks of each kind. The schema judges; this says how it is asked. */

export type SinkField = {
  key: string;
  label: string;
  type: "text" | "number" | "switch" | "choice" | "lines" | "pem";
  required?: boolean;
  hint?: string;
  placeholder?: string;
  options?: readonly { value: string; label: string }[];
  /** What stands there at first; for a switch, whether it is on. */
  initial?: string | boolean;
  /** Shown only while this holds. */
  when?: (draft: SinkDraft) => boolean;
};

/** A form's state: texts, and switches. */
export type SinkDraft = Readonly<Record<string, string | boolean>>;

const url = (placeholder: string, hint?: string): SinkField => ({
  ...{ key: "url", label: "Address", type: "text", required: true, placeholder },
  ...(hint ? { hint } : {}),
});

const AUTHENTICATION: readonly SinkField[] = [
  {
    ...{ key: "authentication", label: "Authentication", type: "choice", initial: "none" },
    options: [
      { value: "none", label: "None" },
      { value: "basic", label: "Name and password" },
      { value: "bearer", label: "Bearer token" },
      { value: "header", label: "A header" },
    ],
  },
  { key: "username", label: "Name", type: "text", required: true, when: (draft) => draft.authentication === "basic" },
  { key: "header", label: "Header", type: "text", required: true, placeholder: "X-Api-Key", when: (draft) => draft.authentication === "header" }, // prettier-ignore
];

/** What all kinds ask last. */
const NETWORK: readonly SinkField[] = [
  {
    ...{ key: "privateNetwork", label: "In our own network", type: "switch", initial: false },
    hint: "Addresses that are not public, and plain http. Clouds' metadata services are never called.",
  },
  { key: "caPem", label: "Certificate authority (PEM)", type: "pem", hint: "In place of the system's." },
];

const OWN: Record<SinkKind, readonly SinkField[]> = {
  webhook: [url("https://hooks.example.com/gatehouse", "Signed as Standard Webhooks says.")],
  loki: [
    url("https://loki.example.com", "/loki/api/v1/push is added where it has no path."),
    ...AUTHENTICATION,
    { key: "tenant", label: "Tenant", type: "text", hint: "X-Scope-OrgID." },
    { key: "labels", label: "Labels", type: "lines", hint: "One a line, like env=prod." },
  ],
  otlp: [
    url("https://otel.example.com:4318", "/v1/logs is added where it has no path."),
    {
      ...{ key: "encoding", label: "Encoding", type: "choice", initial: "protobuf" },
      options: [
        { value: "protobuf", label: "Protobuf" },
        { value: "json", label: "JSON" },
      ],
    },
    ...AUTHENTICATION,
  ],
  splunk_hec: [
    url("https://splunk.example.com:8088", "/services/collector/event is added where it has no path."),
    { key: "index", label: "Index", type: "text" },
    {
      ...{ key: "acknowledge", label: "Wait for the indexers", type: "switch", initial: false },
      hint: "The token must have indexer acknowledgement.",
    },
  ],
  syslog: [
    { key: "host", label: "Host", type: "text", required: true, placeholder: "siem.example.com" },
    { key: "port", label: "Port", type: "number", initial: "6514" },
    { key: "clientCertPem", label: "Our certificate (PEM)", type: "pem", hint: "Where the receiver asks for one." },
  ],
  s3: [
    { key: "endpoint", label: "Endpoint", type: "text", required: true, placeholder: "https://s3.eu-central-1.amazonaws.com" }, // prettier-ignore
    { key: "region", label: "Region", type: "text", initial: "us-east-1" },
    { key: "bucket", label: "Bucket", type: "text", required: true },
    { key: "prefix", label: "Prefix", type: "text", initial: "gatehouse/" },
    { key: "accessKeyId", label: "Access key id", type: "text", required: true },
    { key: "pathStyle", label: "The bucket is in the path", type: "switch", initial: true },
  ],
};

export const fieldsOf = (kind: SinkKind): readonly SinkField[] => [...OWN[kind], ...NETWORK];

/** What the secret of a place is called; null where it has none. */
export function secretLabel(kind: SinkKind, draft: SinkDraft): string | null {
  if (kind === "splunk_hec") return "HEC token";
  if (kind === "s3") return "Secret access key";
  if (kind === "webhook") return "Signing secret";
  if (kind === "syslog") return draft.clientCertPem ? "Key of our certificate (PEM)" : null;
  const labels: Record<string, string> = { basic: "Password", bearer: "Token", header: "Value of the header" };
  return labels[String(draft.authentication)] ?? null;
}

const linesOf = (labels: object): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join("\n");

/** A form's state for settings, or for a new sink. */
export function draftOf(kind: SinkKind, settings: Readonly<Record<string, unknown>> | null): SinkDraft {
  const initial = (field: SinkField): string | boolean => {
    const value = settings?.[field.key];
    if (field.type === "lines") return linesOf((value ?? {}) as object);
    if (settings && field.type === "switch") return value === true;
    return value === undefined ? (settings ? "" : (field.initial ?? "")) : typeof value === "boolean" ? value : String(value); // prettier-ignore
  };
  return Object.fromEntries(fieldsOf(kind).map((field) => [field.key, initial(field)]));
}

/** What the form says, as the API takes it. Settings that the form does not ask for stay as they are. */
export function settingsOfDraft(
  kind: SinkKind,
  draft: SinkDraft,
  before: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const settings: Record<string, unknown> = { ...before };
  for (const field of fieldsOf(kind)) {
    const value = draft[field.key] ?? "";
    delete settings[field.key];
    if (field.when && !field.when(draft)) continue;
    if (field.type === "lines") settings[field.key] = labelsOf(String(value));
    else if (field.type === "number" && value !== "") settings[field.key] = Number(value);
    else if (typeof value === "boolean" || value.trim() !== "") settings[field.key] = value;
  }
  return settings;
}

function labelsOf(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [name = "", ...value] = line.split("=");
      return [name.trim(), value.join("=").trim()];
    }),
  );
}
