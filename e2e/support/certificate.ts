import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** DER (ITU-T X.690): one value of a type, made of its parts. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length < 0x100 ? 2 : 4, "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const objectId = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const time = (at: Date) => der(0x17, Buffer.from(`${at.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));

const ECDSA_WITH_SHA256 = sequence(objectId("2a8648ce3d040302"));
const COMMON_NAME = objectId("550403");
const SUBJECT_ALT_NAME = objectId("551d11");
const DAY_MS = 86_400_000;

/** A certificate and its key, PEM. `pin` is the SHA-256 of its public key, base64: how Chromium is told to trust it. */
export type Certificate = { key: string; cert: string; pin: string };

/** A certificate for a host that signs itself, for one day (RFC 5280). */
export function selfSignedCertificate(host: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(host)))));
  const altNames = sequence(SUBJECT_ALT_NAME, der(0x04, sequence(der(0x82, Buffer.from(host)))));
  const version3 = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)]));
  const validity = sequence(time(new Date(Date.now() - DAY_MS / 2)), time(new Date(Date.now() + DAY_MS / 2)));
  const spki = publicKey.export({ type: "spki", format: "der" });
  const extensions = der(0xa3, sequence(altNames));
  const facts = sequence(version3, serial, ECDSA_WITH_SHA256, name, validity, name, spki, extensions);
  const signature = der(0x03, Buffer.from([0]), sign("sha256", facts, privateKey));
  const base64 = sequence(facts, ECDSA_WITH_SHA256, signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64.replace(/(.{64})(?!$)/g, "$1\n")}\n-----END CERTIFICATE-----\n`,
    pin: createHash("sha256").update(spki).digest("base64"),
  };
}
