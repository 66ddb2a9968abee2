import { notFound } from "@/lib/http/route";

/** What no other route answers. */
export {
  notFound as GET,
  notFound as POST,
  notFound as PATCH,
  notFound as DELETE,
  notFound as PUT,
  notFound as OPTIONS,
};
