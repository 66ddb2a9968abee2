import { z } from "zod";
import { lineField } from "@/lib/fields";

/** Client-safe: the kinds of places that the log can be shipped to, and what each must be told. */

export const SINK_KINDS = ["webhook", "loki", "otlp", "splunk_hec", "syslog", "s3"] as const;
export type SinkKind = (typeof SINK_KINDS)[number];

/** How an entry is written: as it stands in the log, or in a common schema's words. */
export const SINK_FORMATS = ["gatehouse", "ocsf", "ecs"] as const;
export type SinkFormat = (typeof SINK_FORMATS)[number];

const MAX_PEM_CHARS = 64 * 1024;
const MAX_LABELS = 12;

const pemField = z
  .string()
  .trim()
  .max(MAX_PEM_CHARS)
  .regex(/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/, "must be one or more certificates in PEM");

const addressField = z
  .string()
  .trim()
  .max(2000)
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    return (
      url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" && url.hash === ""
    );
  }, "must be an http or https address without credentials");

/** A header's or an S3 part's plain text. */
const wordField = (max: number) => z.string().trim().min(1).max(max).regex(/^[\x21-\x7e]+$/, "must be one word of plain letters"); // prettier-ignore

/** How the connection is made. */
const network = {
  /** True where the place may be in one's own network, on this machine, or plain http. Metadata services never are. */
  privateNetwork: z.boolean().default(false),
  /** Certificate authorities in place of the system's, PEM. */
  caPem: pemField.optional(),
};

/** How a request shows who sends it; the secret is the password, the token or the header's value. */
const authentication = {
  authentication: z.enum(["none", "basic", "bearer", "header"]).default("none"),
  username: lineField(200).optional(),
  header: wordField(100)
    .regex(/^[A-Za-z0-9-]+$/, "is not a header's name")
    .refine((name) => !/^(host|connection|content-.*|transfer-encoding)$/i.test(name), "is set by the protocol itself")
    .optional(),
};

type Reachable = { url?: string; endpoint?: string; privateNetwork: boolean };
type Authenticated = { authentication: string; username?: string | undefined; header?: string | undefined };

const isPlain = ({ url, endpoint, privateNetwork }: Reachable) => !privateNetwork && /^http:/i.test(url ?? endpoint ?? ""); // prettier-ignore
const PLAIN = { message: "must be https, unless the place is in your own network" };

/** `basic` needs a name, `header` a header. */
function requireAuthentication({ authentication, username, header }: Authenticated, context: z.RefinementCtx): void {
  const missing =
    authentication === "basic" && !username ? "username" : authentication === "header" && !header ? "header" : null;
  if (missing) context.addIssue({ code: "custom", path: [missing], message: "is needed with this authentication" });
}

const webhookSettings = z
  .strictObject({ ...network, url: addressField })
  .refine((settings) => !isPlain(settings), { ...PLAIN, path: ["url"] });

const lokiSettings = z
  .strictObject({
    ...network,
    ...authentication,
    /** The base address; `/loki/api/v1/push` is added where it has no path. */
    url: addressField,
    /** `X-Scope-OrgID`. */
    tenant: wordField(150).optional(),
    /** Labels of the stream, beside `service_name` and `outcome`. */
    labels: z
      .record(
        z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/, "is not a label's name"),
        lineField(200),
      )
      .refine((labels) => Object.keys(labels).length <= MAX_LABELS, `must be ${MAX_LABELS} at most`)
      .default({}),
  })
  .superRefine(requireAuthentication)
  .refine((settings) => !isPlain(settings), { ...PLAIN, path: ["url"] }); // prettier-ignore

const otlpSettings = z
  .strictObject({
    ...network,
    ...authentication,
    /** The base address; `/v1/logs` is added where it has no path. */
    url: addressField,
    encoding: z.enum(["protobuf", "json"]).default("protobuf"),
    /** `service.name` of the resource. */
    serviceName: lineField(100).default("gatehouse"),
  })
  .superRefine(requireAuthentication)
  .refine((settings) => !isPlain(settings), { ...PLAIN, path: ["url"] });

const splunkSettings = z
  .strictObject({
    ...network,
    /** The base address; `/services/collector/event` is added where it has no path. */
    url: addressField,
    index: wordField(100).optional(),
    source: lineField(200).default("gatehouse"),
    sourcetype: lineField(200).optional(),
    /** Waits until the indexers say that they have it; the token must have indexer acknowledgement switched on. */
    acknowledge: z.boolean().default(false),
  })
  .refine((settings) => !isPlain(settings), { ...PLAIN, path: ["url"] });

const syslogSettings = z.strictObject({
  ...network,
  host: wordField(253),
  port: z.number().int().min(1).max(65_535).default(6514),
  /** RFC 5424 §6.2.1; 13 is "log audit". */
  facility: z.number().int().min(0).max(23).default(13),
  appName: wordField(48).default("gatehouse"),
  /** The HOSTNAME field; where it is left out, the host of Gatehouse's own address. */
  hostname: wordField(255).optional(),
  /** The client's own certificate, PEM; the secret is its key. */
  clientCertPem: pemField.optional(),
});

const s3Settings = z
  .strictObject({
    ...network,
    /** Like `https://s3.eu-central-1.amazonaws.com`, without the bucket. */
    endpoint: addressField.refine(
      (text) => URL.canParse(text) && new URL(text).pathname === "/",
      "must have no path: the bucket is told by itself",
    ),
    region: wordField(60).default("us-east-1"),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "is not the name of a bucket"),
    /** Before each object's name; may hold slashes. */
    prefix: z
      .string()
      .max(200)
      .regex(/^[A-Za-z0-9!_.*'()/-]*$/, "may hold letters, digits and - _ . / ! * ' ( )")
      .default("gatehouse/"),
    /** True: the bucket is in the path; false: it is in the host's name. */
    pathStyle: z.boolean().default(true),
    gzip: z.boolean().default(true),
    accessKeyId: wordField(128),
    /** How long the newest entries may wait for their object to be written. */
    flushSeconds: z.number().int().min(1).max(3600).default(60),
  })
  .refine((settings) => !isPlain(settings), { ...PLAIN, path: ["endpoint"] });

/** What each kind must be told. */
export const SETTINGS = {
  webhook: webhookSettings,
  loki: lokiSettings,
  otlp: otlpSettings,
  splunk_hec: splunkSettings,
  syslog: syslogSettings,
  s3: s3Settings,
} as const satisfies Record<SinkKind, z.ZodType>;

/** A kind's settings, parsed. */
export type SettingsOf<K extends SinkKind> = z.output<(typeof SETTINGS)[K]>;
export type SinkSettings = { [K in SinkKind]: { kind: K; settings: SettingsOf<K> } }[SinkKind];

/** Whether a place of these settings needs a secret, may have one, or makes no use of one. */
export function secretUse({ kind, settings }: SinkSettings): "needed" | "unused" {
  switch (kind) {
    case "loki":
    case "otlp":
      return settings.authentication === "none" ? "unused" : "needed";
    case "syslog":
      return settings.clientCertPem === undefined ? "unused" : "needed";
    case "webhook":
    case "splunk_hec":
    case "s3":
      return "needed";
  }
}

/** The place itself: what was given as a secret for one place is not sent to another. */
export function placeOf({ kind, settings }: SinkSettings): string {
  switch (kind) {
    case "webhook":
    case "loki":
    case "otlp":
    case "splunk_hec":
      return new URL(settings.url).origin;
    case "s3":
      return new URL(settings.endpoint).origin;
    case "syslog":
      return `${settings.host.toLowerCase()}:${settings.port}`;
  }
}
