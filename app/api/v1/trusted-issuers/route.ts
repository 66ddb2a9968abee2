import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import {
  removeIssuerSchema,
  setIssuerSchema,
  trustedIssuerSchema,
  trustedIssuersSchema,
} from "@/lib/oauth/issuer-schema";
import { listTrustedIssuers, removeTrustedIssuer, setTrustedIssuer } from "@/lib/oauth/trusted-issuers";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/trusted-issuers", {
  GET: endpoint({
    summary: "List the identity providers whose word lets agents in for their people (ID-JAG)",
    response: trustedIssuersSchema,
    verb: listTrustedIssuers,
    input: () => ({}),
  }),
  POST: endpoint({
    summary: "Trust an identity provider, change where its keys stand, or trust it no more",
    body: setIssuerSchema,
    response: trustedIssuerSchema,
    verb: setTrustedIssuer,
    input: ({ body }) => body,
  }),
  DELETE: endpoint({
    summary: "Take an identity provider off the list; what it let in before lives out its time",
    query: removeIssuerSchema,
    status: 204,
    verb: removeTrustedIssuer,
    input: ({ query }) => query,
  }),
});
