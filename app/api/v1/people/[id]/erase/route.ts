import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { erasePerson } from "@/lib/person/erase";
import { erasePersonSchema, personSchema } from "@/lib/person/schema";

const params = { id: "person_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/people/{id}/erase", {
  POST: endpoint({
    summary: "Erase a suspended person for good; the audit log's proofs stay valid",
    params,
    body: erasePersonSchema,
    response: personSchema,
    verb: erasePerson,
    input: ({ params: { id }, body }) => ({ ...body, personId: id }),
    errors: ["not_suspended", "person_erased"],
  }),
});
