"use client";

import { ArrowRight } from "lucide-react";
import { useState, type ReactNode } from "react";
import { AccessBadge } from "@/components/scope/access-badge";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Logo } from "@/components/shell/logo";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Checkbox, CheckboxField } from "@/components/ui/checkbox";
import { isGiven, type AskedScope, type ConsentRequest } from "@/lib/oauth/schema";
import { giveConsentAction, refuseConsentAction } from "../actions";
import { AskAdmins } from "./ask-admins";
import { lifetimeInWords } from "./lifetime-words";

type Person = { name: string; email: string };

const SHOWN_TOOLS = 6;

/** What the person has, and needs no admin for any more. */
const mayGive = ({ held, approval }: AskedScope): boolean => held && isGiven(approval);

/** Who asks, for what, on whose behalf; each permission in words, and none that the person does not leave ticked. */
export function ConsentForm({ request, person }: { request: ConsentRequest; person: Person }) {
  const { client, server, scopes } = request;
  const [ticked, setTicked] = useState(() => new Set(scopes.filter(mayGive).map(({ name }) => name)));
  const [remember, setRemember] = useState(false);
  const go = ({ location }: { location: string }) => window.location.assign(location);
  const give = useAction(giveConsentAction, { toastErrors: false, onSuccess: go });
  const refuse = useAction(refuseConsentAction, { toastErrors: false, onSuccess: go });
  const busy = give.pending || refuse.pending;
  const tick = (name: string, on: boolean) => {
    const next = new Set(ticked);
    if (on) next.add(name);
    else next.delete(name);
    setTicked(next);
  };
  const groups = [
    { title: "It can look", list: scopes.filter(({ access }) => access === "read") },
    {
      title: "It can change",
      list: [
        ...scopes.filter(({ access }) => access === "write"),
        ...scopes.filter(({ access }) => access === "admin"),
      ],
    },
  ].filter(({ list }) => list.length > 0);
  return (
    <div className="flex flex-col">
      <Logo className="mx-auto size-11" />
      <h1 className="text-title text-ink mt-6 text-center font-semibold tracking-tight text-balance wrap-anywhere">
        {client.name} wants to use {server.name} for you
      </h1>
      <p className="text-form text-ink-2 mt-2 text-center text-pretty wrap-anywhere">
        You are {person.name} ({person.email}).
      </p>
      <div className="bg-surface border-hairline shadow-control mt-6 flex flex-col gap-5 rounded-lg border p-6">
        <ActionFailure error={give.error ?? refuse.error} />
        <Who request={request} />
        <AskAdmins request={request} />
        <form
          className="flex flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy && ticked.size > 0 && isGiven(client.approval))
              void give.run({ uid: request.uid, scopes: [...ticked], remember });
          }}
        >
          {groups.map(({ title, list }) => (
            <fieldset key={title} className="flex flex-col gap-3">
              <legend className="text-body text-ink mb-2 font-semibold">{title}</legend>
              {list.map((scope) => (
                <ScopeLine key={scope.name} scope={scope} ticked={ticked.has(scope.name)} onTick={tick} />
              ))}
            </fieldset>
          ))}
          {request.tools ? (
            <p className="text-body text-ink-2 wrap-anywhere">
              It names the only tools that it will use:{" "}
              <span className="mono text-ink">{request.tools.join(", ")}</span>.
            </p>
          ) : null}
          <p className="text-meta text-ink-2">{lifetimeInWords(request)}</p>
          {request.mayRemember ? (
            <CheckboxField
              label="Do not ask again for this"
              checked={remember}
              onCheckedChange={(on) => setRemember(on === true)}
            />
          ) : null}
          <div className="flex flex-wrap justify-end gap-2">
            <Button
              size="lg"
              busy={refuse.pending}
              onClick={() => (busy ? undefined : void refuse.run({ uid: request.uid }))}
            >
              Refuse
            </Button>
            <Button
              type="submit"
              variant="primary"
              size="lg"
              busy={give.pending}
              disabledReason={
                !isGiven(client.approval)
                  ? "An admin must let this app in first"
                  : ticked.size === 0
                    ? "Leave at least one permission ticked, or refuse"
                    : null
              }
            >
              Allow
            </Button>
          </div>
        </form>
      </div>
    </div>
  );
}

/** Who stands behind the request, and where the answer goes; what nobody vouches for is said so. */
function Who({ request: { client, redirect, device, server } }: { request: ConsentRequest }) {
  return (
    <div className="flex flex-col gap-3">
      <dl className="text-body flex flex-col gap-1.5">
        <Fact term="The app">
          {client.origin === "registered"
            ? `Registered here${client.ownerName ? `, in the care of ${client.ownerName}` : ""}`
            : client.host
              ? `Of ${client.host}, which vouches for it`
              : "Named itself; nobody vouches for the name"}
        </Fact>
        <Fact term="The server">
          <span className="mono">{server.resource}</span>
        </Fact>
        {redirect.to ? (
          <Fact term="Goes on to">
            <span className="inline-flex items-center gap-1.5">
              <ArrowRight aria-hidden className="text-ink-3 size-3.5 shrink-0" />
              <span className="mono">{redirect.to}</span>
            </span>
          </Fact>
        ) : null}
        {device ? (
          <Fact term="The device">
            {device.userAgent ?? "Does not say what it is"}, asking from{" "}
            <span className="mono">{device.ip ?? "an unknown address"}</span>
          </Fact>
        ) : null}
      </dl>
      {device ? (
        <Callout tone="expiring" title="A device gets this access, not this browser">
          Go on only if you started it yourself, and typed a code that your own device shows. Whoever sent you a code
          would get access as you.
        </Callout>
      ) : null}
      {client.origin === "dynamic" ? (
        <Callout tone="expiring" title="Anybody can use this name">
          {redirect.local ? "The answer goes to a program on this computer, and Gatehouse cannot see which. " : null}
          Go on only if you have just started this connection yourself.
        </Callout>
      ) : redirect.local ? (
        <Callout tone="expiring" title="The answer goes to a program on this computer">
          Gatehouse cannot see which. Go on only if you have just started this connection yourself.
        </Callout>
      ) : null}
    </div>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex flex-col sm:flex-row sm:gap-3">
      <dt className="text-ink-3 w-24 shrink-0">{term}</dt>
      <dd className="text-ink min-w-0 wrap-anywhere">{children}</dd>
    </div>
  );
}

function ScopeLine({
  scope,
  ticked,
  onTick,
}: {
  scope: AskedScope;
  ticked: boolean;
  onTick: (name: string, on: boolean) => void;
}) {
  const id = `scope-${scope.name}`;
  const more = scope.tools.length - SHOWN_TOOLS;
  return (
    <div className="flex items-start gap-2.5">
      <Checkbox
        id={id}
        checked={ticked}
        disabled={!mayGive(scope)}
        onCheckedChange={(on) => onTick(scope.name, on === true)}
        className="mt-0.5"
        aria-describedby={`${id}-d`}
      />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-2">
          <label htmlFor={id} className="text-body text-ink font-medium wrap-anywhere">
            {scope.description || scope.name}
          </label>
          <AccessBadge access={scope.access} />
        </div>
        <p id={`${id}-d`} className="text-meta text-ink-2 wrap-anywhere">
          {scope.description ? (
            <>
              <span className="mono">{scope.name}</span>
              {" · "}
            </>
          ) : null}
          {scope.tools.length > 0 ? scope.tools.slice(0, SHOWN_TOOLS).join(", ") : "opens no tool yet"}
          {more > 0 ? ` and ${more} more` : null}
          {scope.pregranted ? " · your organisation adds this to what the app asks" : null}
          {scope.held ? null : " · your roles do not give this, so you cannot either"}
          {scope.held && !isGiven(scope.approval) ? " · waits for an admin" : null}
        </p>
      </div>
    </div>
  );
}
