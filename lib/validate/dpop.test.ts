import { createHash, randomUUID } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { checkProof } from "./dpop";

const TOKEN = "gth_at_x";
const NOW = 1_790_000_000;
const REQUEST = { method: "POST", url: "https://tickets.example.com/mcp?session=1#top" };

async function makeKeys(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, privateKey, jwk: await exportJWK(publicKey), privateJwk: await exportJWK(privateKey) };
}
let keys: Awaited<ReturnType<typeof makeKeys>>;
beforeAll(async () => {
  keys = await makeKeys("ES256");
});

const claims = () => ({
  jti: randomUUID(),
  htm: "POST",
  htu: "https://tickets.example.com/mcp",
  iat: NOW,
  ath: createHash("sha256").update(TOKEN).digest("base64url"),
});
const sign = (changed: object = {}, header: object = {}, by = keys) =>
  new SignJWT({ ...claims(), ...changed })
    .setProtectedHeader({ alg: by.alg, typ: "dpop+jwt", jwk: by.jwk, ...header })
    .sign(by.privateKey);
const check = async (proof: string | Promise<string>, request = REQUEST) =>
  checkProof({ proof: await proof, ...request }, TOKEN, NOW);

describe("checkProof", () => {
  it("tells whose key a good proof shows, of each algorithm on the list", async () => {
    for (const alg of ["ES256", "EdDSA", "Ed25519"]) {
      const by = await makeKeys(alg);
      expect(await check(sign({}, {}, by))).toMatchObject({ thumbprint: await calculateJwkThumbprint(by.jwk) });
    }
  });

  it("compares addresses without query and fragment, and in one spelling", async () => {
    for (const htu of ["https://tickets.example.com/mcp?x=1#y", "HTTPS://TICKETS.example.com:443/a/../mcp"])
      expect(await check(sign({ htu }))).toHaveProperty("thumbprint");
    for (const htu of [
      "https://tickets.example.com/mcp/",
      "https://tickets.example.com/MCP",
      "http://tickets.example.com/mcp",
      "https://tickets.example.com:8443/mcp",
      "https://other.example.com/mcp",
      "/mcp",
      undefined,
      7,
    ])
      expect(await check(sign({ htu }))).toBe("wrong_url");
  });

  it("wants the method as it was used", async () => {
    for (const htm of ["GET", "post", undefined]) expect(await check(sign({ htm }))).toBe("wrong_method");
  });

  it("takes a proof from a minute ago to a minute ahead, and none beyond", async () => {
    for (const iat of [NOW - 60, NOW + 60]) expect(await check(sign({ iat }))).toHaveProperty("thumbprint");
    for (const iat of [NOW - 61, NOW + 61, NOW * 1000, undefined])
      expect(await check(sign({ iat }))).toBe("not_recent");
    expect(await check(sign({ iat: String(NOW) }))).toBe("bad_proof");
  });

  it("wants the hash of this very token", async () => {
    for (const ath of [undefined, "", createHash("sha256").update("another").digest("base64url"), TOKEN])
      expect(await check(sign({ ath }))).toBe("wrong_token");
  });

  it("takes nothing that is not a proof by its own public key", async () => {
    const other = await makeKeys("ES256");
    const [head, , signature] = (await sign()).split(".");
    const changed = Buffer.from(JSON.stringify({ ...claims(), jti: "x" })).toString("base64url");
    const secret = await new SignJWT(claims())
      .setProtectedHeader({ alg: "HS256", typ: "dpop+jwt", jwk: { kty: "oct", k: "AAAA" } as never })
      .sign(new Uint8Array(32));
    for (const proof of [
      "",
      "x",
      "a.b.c",
      `${head}.${changed}.${signature}`,
      new UnsecuredJWT(claims()).encode(),
      secret,
      sign({}, { typ: "JWT" }),
      sign({}, { typ: undefined }),
      sign({}, { jwk: undefined }),
      sign({}, { jwk: other.jwk }),
      sign({}, { jwk: keys.privateJwk }),
      sign({}, { jwk: undefined, kid: "k" }),
      sign({}, { crit: ["x"], x: 1 }).catch(() => "x"),
      sign({ jti: undefined }),
      sign({ jti: "" }),
      sign({ jti: 7 }),
      sign({ exp: NOW - 3600 }),
      sign({}, {}, await makeKeys("RS256")),
      sign({}, {}, await makeKeys("ES384")),
    ])
      expect(await check(proof)).toBe("bad_proof");
  });
});
