import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";

/** A self-signed certificate (RFC 5280) for some host names, and its key, PEM. Valid until 2049. */
export function makeCertificate(hostnames: readonly string[]): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signature = sequence(oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const name = sequence(
    der(0x31, sequence(oid([0x55, 0x04, 0x03]), der(0x0c, Buffer.from(hostnames[0] ?? "localhost")))),
  );
  const names = sequence(...hostnames.map((hostname) => der(0x82, Buffer.from(hostname))));
  const extensions = der(0xa3, sequence(sequence(oid([0x55, 0x1d, 0x11]), der(0x04, names))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    signature,
    name,
    sequence(der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from("491231235959Z"))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    extensions,
  );
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const signed = der(0x03, Buffer.from([0]), sign("sha256", body, createPrivateKey(key)));
  const base64 = sequence(body, signature, signed).toString("base64").replace(/.{64}/g, "$&\n");
  return { cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`, key };
}

/** One value in DER (X.690): its tag, its length, what is in it. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const oid = (bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));
