import type { Person } from "@/lib/generated/prisma/client.ts";
import { giveConsent, refuseConsent } from "@/lib/oauth/consent";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { sessionCookieName } from "@/lib/session/cookie";
import { encodeSessionId } from "@/lib/session/jwt";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { personCtx } from "@/lib/testing/ctx";
import type { Reach } from "./listener";

/** A person's browser with its cookies, signed in to the console. */
export class Browser {
  readonly #cookies = new Map<string, string>();
  #sessionId = "";

  /** How long ago the person proved who they are. */
  provedAgoSeconds: number;
  /** How they did (RFC 8176). */
  amr: string[];

  constructor(
    readonly reach: Reach,
    readonly person: Person,
    { provedAgoSeconds = 0, amr = ["pwd"] } = {},
  ) {
    this.provedAgoSeconds = provedAgoSeconds;
    this.amr = amr;
  }

  /** Signs in to the console. */
  async signIn(): Promise<this> {
    this.#sessionId = newId("session");
    await db().session.create({
      data: {
        id: this.#sessionId,
        personId: this.person.id,
        method: "password",
        amr: this.amr,
        expiresAt: new Date(Date.now() + 3_600_000),
      },
    });
    this.#cookies.set(sessionCookieName(), await encodeSessionId(this.#sessionId, 3600));
    return this;
  }

  /** Gives a second factor in the console's session. */
  async stepUp(): Promise<void> {
    this.amr = ["pwd", "otp", "mfa"];
    await db().session.update({ where: { id: this.#sessionId }, data: { amr: this.amr } });
  }

  /** The next person at the same browser: what is not of the console's session stays in it. */
  handTo(next: Browser): Browser {
    for (const [name, value] of this.#cookies) if (name !== sessionCookieName()) next.#cookies.set(name, value);
    return next;
  }

  get ctx() {
    const reauthenticatedAtSeconds = Date.now() / 1000 - this.provedAgoSeconds;
    return personCtx(this.person, { reauthenticatedAtSeconds, amr: this.amr });
  }

  cookie(name: string): string | null {
    return this.#cookies.get(name) ?? null;
  }

  /** One request; what it sets is kept. */
  get(url: string): Promise<Response> {
    return this.#send(url, {});
  }

  /** Sends a form. */
  post(url: string, form: Record<string, string>): Promise<Response> {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return this.#send(url, { method: "POST", headers, body: new URLSearchParams(form).toString() });
  }

  async #send(url: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await this.reach(url, { ...init, headers: { ...init.headers, cookie, accept: "text/html" } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }

  /** Opens an authorization request; the id of the interaction that it leads to. Throws what the page says where it does not. */
  async open(url: string): Promise<string> {
    const answer = await this.get(url);
    const location = answer.headers.get("location") ?? "";
    const uid = /^\/connect\/([\w-]+)$/.exec(location)?.[1];
    if (!uid) throw new Error(`${answer.status} ${location} ${await answer.text()}`);
    return uid;
  }

  /** Leaves these scopes ticked; where the browser goes in the end. */
  async allow(uid: string, scopes: string[], options: { remember?: boolean } = {}): Promise<URL> {
    const input = { uid, startedHere: this.cookie(STARTED_COOKIE), scopes, remember: options.remember ?? false };
    const { location } = await giveConsent(this.ctx, input);
    return this.#follow(location);
  }

  /** As `allow`, where it ends at a page of ours: that page. */
  async allowHere(uid: string, scopes: string[], options: { remember?: boolean } = {}): Promise<Response> {
    const input = { uid, startedHere: this.cookie(STARTED_COOKIE), scopes, remember: options.remember ?? false };
    return this.get((await giveConsent(this.ctx, input)).location);
  }

  /** As `refuse`, where it ends at a page of ours: that page. */
  async refuseHere(uid: string): Promise<Response> {
    return this.get((await refuseConsent(this.ctx, { uid, startedHere: this.cookie(STARTED_COOKIE) })).location);
  }

  /** Refuses; where the browser goes in the end. */
  async refuse(uid: string): Promise<URL> {
    const { location } = await refuseConsent(this.ctx, { uid, startedHere: this.cookie(STARTED_COOKIE) });
    return this.#follow(location);
  }

  async #follow(location: string): Promise<URL> {
    const answer = await this.get(location);
    const next = answer.headers.get("location");
    if (!next) throw new Error(`${answer.status} ${await answer.text()}`);
    return new URL(next, location);
  }
}
