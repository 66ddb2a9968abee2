import { removeIssuerSchema, setIssuerSchema } from "@/lib/oauth/issuer-schema";
import { listTrustedIssuers, removeTrustedIssuer, setTrustedIssuer } from "@/lib/oauth/trusted-issuers";
import { inputOf, type Command } from "../command";
import { table } from "../table";

const ISSUER = { usage: "<issuer>", min: 1, max: 1 } as const;

const list: Command = {
  noun: "issuer",
  verb: "list",
  summary: "List the identity providers whose word lets agents in for their people (ID-JAG)",
  flags: {},
  examples: ["gatehouse issuer list"],
  run: async (ctx) => {
    const issuers = await listTrustedIssuers(ctx, {});
    const rows = issuers.items.map(({ issuer, enabled, linkedPeople, jwksUri }) => [
      ...[issuer, enabled ? "trusted" : "off"],
      ...[linkedPeople, jwksUri],
    ]);
    return { json: issuers, text: table(["ISSUER", "STATUS", "PEOPLE", "KEYS"], rows) };
  },
};

const set: Command = {
  noun: "issuer",
  verb: "set",
  summary: "Trust an identity provider, change where its keys stand, or trust it no more for now",
  words: ISSUER,
  flags: {
    "jwks-uri": { type: "string", required: true, value: "<https address>", help: "Where its public keys stand" },
    off: { type: "boolean", help: "Its word counts for nothing for now" },
  },
  examples: ["gatehouse issuer set https://login.example.com --jwks-uri https://login.example.com/jwks"],
  run: async (ctx, given) => {
    const input = { issuer: given.words[0], jwksUri: given.need("jwks-uri"), enabled: !given.on("off") };
    const issuer = await setTrustedIssuer(ctx, inputOf(setIssuerSchema, input));
    return { json: issuer, text: issuer.issuer };
  },
};

const remove: Command = {
  noun: "issuer",
  verb: "remove",
  summary: "Take an identity provider off the list; what it let in before lives out its time",
  words: ISSUER,
  flags: {},
  examples: ["gatehouse issuer remove https://login.example.com"],
  run: async (ctx, given) => {
    const input = inputOf(removeIssuerSchema, { issuer: given.words[0] });
    await removeTrustedIssuer(ctx, input);
    return { json: input, text: input.issuer };
  },
};

export const issuerCommands: readonly Command[] = [list, set, remove];
