import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { getPerson } from "@/lib/person/list";
import { personSchema, updatePersonSchema } from "@/lib/person/schema";
import { updatePerson } from "@/lib/person/update";

const params = { id: "person_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/people/{id}", {
  GET: endpoint({
    summary: "Get a person",
    params,
    response: personSchema,
    verb: getPerson,
    input: ({ params: { id } }) => ({ personId: id }),
  }),
  PATCH: endpoint({
    summary: "Change a person; what is left out stays",
    params,
    body: updatePersonSchema,
    response: personSchema,
    verb: updatePerson,
    input: ({ params: { id }, body }) => ({ ...body, personId: id }),
    errors: ["last_owner", "role_not_found"],
  }),
});
