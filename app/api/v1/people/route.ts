import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";
import { createPerson } from "@/lib/person/create";
import { listPeople } from "@/lib/person/list";
import { createPersonSchema, createdPersonSchema, listPeopleSchema, personSchema } from "@/lib/person/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/people", {
  GET: endpoint({
    summary: "List people",
    query: listPeopleSchema,
    response: pageOf(personSchema),
    verb: listPeople,
    input: ({ query }) => query,
    errors: ["invalid_cursor"],
  }),
  POST: endpoint({
    summary: "Create a person",
    body: createPersonSchema,
    response: createdPersonSchema,
    status: 201,
    verb: createPerson,
    input: ({ body }) => body,
    errors: ["email_taken", "role_not_found"],
  }),
});
