import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { reinvitePerson } from "@/lib/person/reinvite";
import { invitationSchema } from "@/lib/person/schema";

const params = { id: "person_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/people/{id}/invite", {
  POST: endpoint({
    summary: "Make a new invitation link; older ones stop working",
    params,
    response: invitationSchema,
    status: 201,
    verb: reinvitePerson,
    input: ({ params: { id } }) => ({ personId: id }),
  }),
});
