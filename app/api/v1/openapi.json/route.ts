import { describeApi } from "@/lib/http/openapi";
import { catalogue } from "../_catalogue";
import { machines } from "../_machines";

/** The description of every call, made from the schemas that the calls themselves are parsed with. Public. */
export function GET(): Response {
  return Response.json(describeApi({ routes: catalogue, machines }), { headers: { "cache-control": "no-cache" } });
}
