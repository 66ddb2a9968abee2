import { canonicalText } from "@/lib/audit/canonical";
import { proofOfEntry } from "@/lib/audit/proof/read";
import { getEntry } from "@/lib/audit/search";
import { answerJson } from "../_components/answer-json";

export const dynamic = "force-dynamic";

/**
 * `GET /audit/proof?entry=`: one entry with what proves it, to be kept: `body` is the exact text that its leaf hashes (RFC 8785), the proof
 * is by RFC 6962, and the checkpoint is signed.
 */
export async function GET(request: Request): Promise<Response> {
  const id = new URL(request.url).searchParams.get("entry") ?? "";
  const response = await answerJson(request, async (ctx) => {
    const entry = await getEntry(ctx, { id });
    return { id: entry.id, body: canonicalText(entry.body), ...(await proofOfEntry(ctx, { id })) };
  });
  if (response.ok) response.headers.set("content-disposition", `attachment; filename="gatehouse-entry-${id}.json"`);
  return response;
}
