import { definitionOf, type Route } from "@/lib/http/route";
import type { RouteDefinition } from "@/lib/http/endpoint";
import * as agents from "./agents/route";
import * as agentsId from "./agents/[id]/route";
import * as agentsIdClient from "./agents/[id]/client/route";
import * as agentsIdClientPregranted from "./agents/[id]/client/pregranted/route";
import * as agentsIdRevoke from "./agents/[id]/revoke/route";
import * as agentsIdSecrets from "./agents/[id]/secrets/route";
import * as agentsIdSecretsSecretIdRevoke from "./agents/[id]/secrets/[secretId]/revoke/route";
import * as approvals from "./approvals/route";
import * as approvalsIdDecide from "./approvals/[id]/decide/route";
import * as approvalsIdEnd from "./approvals/[id]/end/route";
import * as audit from "./audit/route";
import * as auditId from "./audit/[id]/route";
import * as auditIdProof from "./audit/[id]/proof/route";
import * as auditCheckpoint from "./audit/checkpoint/route";
import * as auditConsistency from "./audit/consistency/route";
import * as auditExport from "./audit/export/route";
import * as auditHolds from "./audit/holds/route";
import * as auditHoldsIdRelease from "./audit/holds/[id]/release/route";
import * as auditPartitions from "./audit/partitions/route";
import * as auditRetention from "./audit/retention/route";
import * as auditTile from "./audit/tile/[level]/[...index]/route";
import * as auditSaved from "./audit/saved/route";
import * as auditSavedId from "./audit/saved/[id]/route";
import * as grants from "./grants/route";
import * as grantsId from "./grants/[id]/route";
import * as grantsIdNarrow from "./grants/[id]/narrow/route";
import * as grantsIdRevoke from "./grants/[id]/revoke/route";
import * as notices from "./notices/route";
import * as noticesIdDismiss from "./notices/[id]/dismiss/route";
import * as people from "./people/route";
import * as peopleId from "./people/[id]/route";
import * as peopleIdErase from "./people/[id]/erase/route";
import * as peopleIdInvite from "./people/[id]/invite/route";
import * as peopleIdRevoke from "./people/[id]/revoke/route";
import * as peopleIdSecondFactorReset from "./people/[id]/second-factor/reset/route";
import * as policy from "./policy/route";
import * as roles from "./roles/route";
import * as rolesId from "./roles/[id]/route";
import * as rolesIdRevoke from "./roles/[id]/revoke/route";
import * as scopes from "./scopes/route";
import * as scopesId from "./scopes/[id]/route";
import * as servers from "./servers/route";
import * as serversId from "./servers/[id]/route";
import * as serversIdChallenges from "./servers/[id]/challenges/route";
import * as serversIdKeys from "./servers/[id]/keys/route";
import * as serversIdKeysKeyIdRevoke from "./servers/[id]/keys/[keyId]/revoke/route";
import * as serversIdKeysKeyIdRotate from "./servers/[id]/keys/[keyId]/rotate/route";
import * as serversIdRevoke from "./servers/[id]/revoke/route";
import * as serversIdToolsImport from "./servers/[id]/tools/import/route";
import * as sinks from "./sinks/route";
import * as sinksId from "./sinks/[id]/route";
import * as sinksIdDeadLetters from "./sinks/[id]/dead-letters/route";
import * as sinksIdDeadLettersDiscard from "./sinks/[id]/dead-letters/discard/route";
import * as sinksIdDeadLettersRetry from "./sinks/[id]/dead-letters/retry/route";
import * as sinksIdPause from "./sinks/[id]/pause/route";
import * as sinksIdReplay from "./sinks/[id]/replay/route";
import * as sinksIdResume from "./sinks/[id]/resume/route";
import * as sinksIdTest from "./sinks/[id]/test/route";
import * as tokens from "./tokens/route";
import * as tokensId from "./tokens/[id]/route";
import * as tokensIdRevoke from "./tokens/[id]/revoke/route";
import * as tokensIdRotate from "./tokens/[id]/rotate/route";
import * as tokensRevokeAll from "./tokens/revoke-all/route";
import * as trustedIssuers from "./trusted-issuers/route";
import * as tools from "./tools/route";
import * as toolsId from "./tools/[id]/route";

/** Every route of the admin API, for its description; a test proves that none is missing. */
const ROUTES: readonly Route[] = [
  agents,
  agentsId,
  agentsIdClient,
  agentsIdClientPregranted,
  agentsIdRevoke,
  agentsIdSecrets,
  agentsIdSecretsSecretIdRevoke,
  approvals,
  approvalsIdDecide,
  approvalsIdEnd,
  audit,
  auditId,
  auditIdProof,
  auditCheckpoint,
  auditConsistency,
  auditExport,
  auditHolds,
  auditHoldsIdRelease,
  auditPartitions,
  auditRetention,
  auditTile,
  auditSaved,
  auditSavedId,
  grants,
  grantsId,
  grantsIdNarrow,
  grantsIdRevoke,
  notices,
  noticesIdDismiss,
  people,
  peopleId,
  peopleIdErase,
  peopleIdInvite,
  peopleIdRevoke,
  peopleIdSecondFactorReset,
  policy,
  roles,
  rolesId,
  rolesIdRevoke,
  scopes,
  scopesId,
  servers,
  serversId,
  serversIdChallenges,
  serversIdKeys,
  serversIdKeysKeyIdRevoke,
  serversIdKeysKeyIdRotate,
  serversIdRevoke,
  serversIdToolsImport,
  sinks,
  sinksId,
  sinksIdDeadLetters,
  sinksIdDeadLettersDiscard,
  sinksIdDeadLettersRetry,
  sinksIdPause,
  sinksIdReplay,
  sinksIdResume,
  sinksIdTest,
  tokens,
  tokensId,
  tokensIdRevoke,
  tokensIdRotate,
  tokensRevokeAll,
  tools,
  toolsId,
  trustedIssuers,
];

/** What each of them was made from. */
export const catalogue: readonly RouteDefinition[] = ROUTES.map((route) => {
  const definition = definitionOf(route.GET);
  if (!definition) throw new Error("a route of the catalogue was not made with defineRoute");
  return definition;
});
