import { requestOrigin } from "@/lib/http/internal";
import { toProblem } from "@/lib/http/problem";
import { readBytes } from "@/lib/http/read-json";
import { MAX_VALIDATE_BYTES, answerValidate } from "@/lib/validate/endpoint";

export const dynamic = "force-dynamic";

/** The same as the authority's, for those who run plain `next start`: slower, but not another answer. */
export async function POST(request: Request): Promise<Response> {
  const { source, requestId } = requestOrigin(request.headers);
  try {
    const body = await readBytes(request, MAX_VALIDATE_BYTES);
    const answer = await answerValidate({ headers: Object.fromEntries(request.headers), body, requestId, source });
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  } catch (error) {
    const problem = toProblem(error, requestId);
    return Response.json(problem.body, { status: problem.status, headers: problem.headers });
  }
}
