import { partsOf } from "./body";

/** Which event class of OCSF an action is, and which of the class's activities. */
export type OcsfClass = { uid: 3001 | 3002 | 3003 | 3004 | 3005 | 6003; activity: number };

/** 99 is "other": the activity then goes by the action's own name. */
export const OTHER = 99;

const accountChange = (activity: number): OcsfClass => ({ uid: 3001, activity });
const authentication = (activity: number): OcsfClass => ({ uid: 3002, activity });
const authorizeSession: OcsfClass = { uid: 3003, activity: 1 };
const entityManagement = (activity: number): OcsfClass => ({ uid: 3004, activity });
const userAccess = (activity: number): OcsfClass => ({ uid: 3005, activity });
const apiActivity = (activity: number): OcsfClass => ({ uid: 6003, activity });

/** Actions that are more than the management of some entity. */
const CLASSES: Readonly<Record<string, OcsfClass>> = {
  "session.sign_in": authentication(1),
  "session.sign_out": authentication(2),
  "session.revoke": authentication(2),
  "session.reauthenticate": authentication(6),
  "session.second_factor_ask": authentication(6),
  "session.second_factor": authentication(6),
  "oauth.issue": authorizeSession,
  "oauth.exchange": authorizeSession,
  "oauth.refresh": authentication(5),
  "oauth.reuse": authentication(OTHER),
  "oauth.refuse": authentication(OTHER),
  "person.create": accountChange(1),
  "person.invite": accountChange(1),
  "person.first_run": accountChange(1),
  "person.accept_invitation": accountChange(2),
  "person.activate": accountChange(2),
  "person.suspend": accountChange(5),
  "person.password_change": accountChange(3),
  "person.password_reset": accountChange(4),
  "person.second_factor_enrol": accountChange(10),
  "person.second_factor_remove": accountChange(11),
  "person.second_factor_reset": accountChange(11),
  "role.assign": userAccess(1),
  "role.unassign": userAccess(2),
  "grant.give": userAccess(1),
  "grant.narrow": userAccess(2),
  "grant.revoke": userAccess(2),
  "grant.revoke_many": userAccess(2),
  "token.validate": apiActivity(2),
  "token.introspect": apiActivity(2),
  "tool.call": apiActivity(OTHER),
  "key.refuse": apiActivity(OTHER),
  "api.refuse": apiActivity(OTHER),
};

/** What an action does to its entity, by its verb's first word. */
const ENTITY_ACTIVITIES: Readonly<Record<string, number>> = {
  create: 1, mint: 1, issue: 1, register: 1, ask: 1, start: 10, stop: 11, read: 2, search: 2, export: 2, diagnose: 2,
  update: 3, set: 3, import: 3, accept: 3, rotate: 3, replay: 3, decide: 3, dismiss: 3, delete: 4, remove: 4, revoke: 4,
  forget: 4, archive: 4, discard: 4, end: 4, enable: 8, disable: 9, activate: 10, suspend: 12, pause: 12, resume: 13,
}; // prettier-ignore

/** The class of any action, of those too that are new. */
export function classOf(action: string): OcsfClass {
  const known = CLASSES[action];
  if (known) return known;
  const { noun, verb } = partsOf(action);
  const activity = ENTITY_ACTIVITIES[verb.split("_")[0] ?? ""] ?? OTHER;
  if (noun === "person" && activity === OTHER) return accountChange(OTHER);
  // Reads of many things have no one entity.
  return activity === 2 || noun === "audit" ? apiActivity(activity) : entityManagement(activity);
}
