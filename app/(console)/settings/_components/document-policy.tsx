"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";
import type { Admission, PolicyDto } from "@/lib/policy/schema";
import { fromLines, toLines } from "./lines";
import { PolicyCard } from "./policy-card";

/** Whose metadata documents count (Client ID Metadata Documents). */
export function DocumentPolicy({ policy, mayWrite }: { policy: PolicyDto; mayWrite: boolean }) {
  const [documents, setDocuments] = useState<Admission>(policy.documents);
  const [hosts, setHosts] = useState(() => toLines(policy.documentHosts));
  const listed = fromLines(hosts);
  return (
    <PolicyCard
      title="Agents known by their metadata document"
      description="Client ID metadata documents. The host that serves one vouches for the agent: people are shown it."
      mayWrite={mayWrite}
      changed={documents !== policy.documents || hosts !== toLines(policy.documentHosts)}
      missing={documents === "listed" && listed.length === 0 ? "List a host first, or switch it off" : null}
      input={{ documents, documentHosts: listed }}
    >
      {(errorOf) => (
        <>
          <RadioGroup
            aria-label="Whose documents count"
            value={documents}
            onValueChange={(next) => setDocuments(next as Admission)}
            disabled={!mayWrite}
            options={[
              {
                value: "off",
                label: "Nobody's",
                description: "Agents that are known so are refused, too, while this holds.",
              },
              { value: "listed", label: "Those on a listed host" },
              { value: "open", label: "Anybody's on the public internet" },
            ]}
          />
          {documents === "off" ? null : (
            <Field
              label="Hosts"
              required={documents === "listed"}
              optional={documents === "open"}
              hint="One per line, like agents.example.com. A listed host may also be inside your own network; any other may not."
              error={errorOf("documentHosts")}
            >
              <Textarea
                mono
                rows={4}
                spellCheck={false}
                value={hosts}
                onChange={(event) => setHosts(event.target.value)}
              />
            </Field>
          )}
        </>
      )}
    </PolicyCard>
  );
}
