import "server-only";
import { createHash, createHmac } from "node:crypto";

/** One request to S3, and who makes it. */
export type ToSign = {
  method: string;
  url: URL;
  /** Those beside `host` and `x-amz-*` that are to be signed too; names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  now: Date;
};

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();

/** RFC 3986's unreserved characters stand, all others are escaped: stricter than `encodeURIComponent`. */
export const escapeSegment = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** The headers that sign a request for S3: AWS Signature Version 4, with the hash of the body. The URL's path comes escaped, and has no query. */
export function signedHeaders(request: ToSign): Record<string, string> {
  const { method, url, body, region, accessKeyId, secretAccessKey, now } = request;
  const stamp = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const payload = sha256(body);
  const signed: Record<string, string> = {
    ...request.headers,
    host: url.host,
    "x-amz-content-sha256": payload,
    "x-amz-date": stamp,
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    method,
    url.pathname,
    "",
    ...names.map((name) => `${name}:${(signed[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    payload,
  ].join("\n");
  const scope = `${stamp.slice(0, 8)}/${region}/s3/aws4_request`;
  const key = [region, "s3", "aws4_request"].reduce<Buffer>(hmac, hmac(`AWS4${secretAccessKey}`, stamp.slice(0, 8)));
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${sha256(canonical)}`).toString("hex");
  const { host: _host, ...sent } = signed;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}
