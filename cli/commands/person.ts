import { createPerson } from "@/lib/person/create";
import { erasePerson } from "@/lib/person/erase";
import { listPeople } from "@/lib/person/list";
import { createPersonSchema, erasePersonSchema, listPeopleSchema } from "@/lib/person/schema";
import { inputOf, type Command } from "../command";
import { pageFlags, pageOutcome } from "../listing";
import { resolve, resolveAll } from "../references";

const add: Command = {
  noun: "person",
  verb: "add",
  summary: "Invite a person: prints the link with which they set their password",
  flags: {
    email: { type: "string", required: true, value: "<address>", help: "The address they sign in with" },
    name: { type: "string", required: true, value: "<text>", help: "Their name" },
    "console-role": {
      type: "string",
      value: "owner|admin|auditor|member",
      help: "What they may do in the console; member where left out",
    },
    role: { type: "string", multiple: true, value: "<id|name>", help: "Token roles that they hold" },
  },
  examples: ["gatehouse person add --email ada@example.com --name 'Ada Byron' --console-role admin --role Support"],
  run: async (ctx, given) => {
    const roles = given.list("role");
    const person = await createPerson(
      ctx,
      inputOf(createPersonSchema, {
        email: given.need("email"),
        name: given.need("name"),
        consoleRole: given.text("console-role") ?? "member",
        roleIds: roles && (await resolveAll(ctx, "role", roles)),
      }),
    );
    const text = person.inviteUrl === undefined ? person.id : `${person.id}\n${person.inviteUrl}`;
    return { json: person, text, note: "Send the link to the person: it works once, and is shown this once." };
  },
};

const list: Command = {
  noun: "person",
  verb: "list",
  summary: "List people",
  flags: {
    q: { type: "string", value: "<text>", help: "Only those with this text in name or address" },
    status: { type: "string", value: "invited|active|suspended", help: "Only those in this state" },
    "console-role": { type: "string", value: "owner|admin|auditor|member", help: "Only those with this console role" },
    role: { type: "string", value: "<id|name>", help: "Only those who hold this token role" },
    ...pageFlags,
  },
  examples: ["gatehouse person list --status active"],
  run: async (ctx, given) => {
    const role = given.text("role");
    const roleId = role && (await resolve(ctx, "role", role));
    const filters = {
      q: given.text("q"),
      status: given.text("status"),
      consoleRole: given.text("console-role"),
      roleId,
    };
    return pageOutcome(
      given,
      (page) => listPeople(ctx, inputOf(listPeopleSchema, { ...filters, ...page })),
      ["ID", "EMAIL", "NAME", "CONSOLE ROLE", "STATUS", "TOKENS"],
      (person) => [
        ...[person.id, person.email, person.name],
        ...[person.consoleRole, person.status, person.counts.liveTokens],
      ],
    );
  },
};

const erase: Command = {
  noun: "person",
  verb: "erase",
  summary: "Erase a suspended person for good: name, address, ways to sign in. The audit log and its proofs stay",
  words: { usage: "<id|email|name>", min: 1, max: 1 },
  flags: {
    "confirm-name": { type: "string", required: true, value: "<name>", help: "Their name, letter by letter" },
  },
  examples: ["gatehouse person erase ada@example.com --confirm-name 'Ada Byron'"],
  run: async (ctx, given) => {
    const personId = await resolve(ctx, "person", given.words[0] ?? "");
    const input = inputOf(erasePersonSchema, { confirmName: given.need("confirm-name") });
    const person = await erasePerson(ctx, { ...input, personId });
    return { json: person, text: person.id, note: "Erased. What was shipped, exported or backed up before is not." };
  },
};

export const personCommands: readonly Command[] = [add, list, erase];
