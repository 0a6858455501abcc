/** The operations: routes and the CapabilityStatement derive from this table. https://hl7.org/fhir/R4/operationslist.html */

import { question } from './audit-event-question.ts'
import { consentExplain } from './consent-explain.ts'
import { rehearse } from './consent-rehearse.ts'
import { everything } from './everything.ts'
import { lastn } from './observation-lastn.ts'
import type { Operation } from './operation.ts'
import { invitePatient, revokeInvitation } from './patient-invite.ts'
import { patientResults } from './patient-results.ts'
import { reindex, reindexStatus } from './reindex.ts'
import { diffOperation } from './resource-diff.ts'
import { expunge } from './resource-expunge.ts'
import { meta } from './resource-meta.ts'
import { metaAdd } from './resource-meta-add.ts'
import { metaDelete } from './resource-meta-delete.ts'
import { validate } from './resource-validate.ts'
import { resultInbox } from './review/result-inbox.ts'
import { release, reviewResults } from './review/review-results.ts'
import { rolePolicies } from './role-policies.ts'
import { smartLaunch } from './smart-launch.ts'
import { linkAccount } from './task-link-account.ts'
import { lookup } from './terminology/code-system-lookup.ts'
import { subsumes } from './terminology/code-system-subsumes.ts'
import { validateCodeInSystem } from './terminology/code-system-validate-code.ts'
import { closure } from './terminology/concept-map-closure.ts'
import { translate } from './terminology/concept-map-translate.ts'
import { expandOperation } from './terminology/value-set-expand.ts'
import { validateCodeInValueSet } from './terminology/value-set-validate-code.ts'
import { verifyAuditOperation } from './verify-audit.ts'

const standard = 'http://hl7.org/fhir/OperationDefinition'
const own = 'urn:candela:operation'

/** Loaded when it is first asked for: the library takes time and space that many servers never need. */
const graphql: Operation['handler'] = async (call, context) =>
  (await import('./graphql/graphql.ts')).graphql(call, context)

/** Terminology is looked up by those who may read the resource that has it. */
const reading: Operation['needs'] = { type: ['r'], instance: ['r'] }

export const operations: readonly Operation[] = [
  {
    code: 'validate',
    levels: ['type', 'instance'],
    affectsState: false,
    needs: { instance: ['r'] },
    definition: `${standard}/Resource-validate`,
    bodyParameter: 'resource',
    handler: validate,
  },
  {
    code: 'meta',
    levels: ['system', 'type', 'instance', 'version'],
    affectsState: false,
    needs: { type: ['s'], instance: ['r'], version: ['r'] },
    definition: `${standard}/Resource-meta`,
    handler: meta,
  },
  {
    code: 'meta-add',
    levels: ['instance'],
    affectsState: true,
    needs: { instance: ['u'] },
    definition: `${standard}/Resource-meta-add`,
    handler: metaAdd,
  },
  {
    code: 'meta-delete',
    levels: ['instance'],
    affectsState: true,
    needs: { instance: ['u'] },
    definition: `${standard}/Resource-meta-delete`,
    handler: metaDelete,
  },
  {
    code: 'diff',
    levels: ['system', 'instance'],
    affectsState: false,
    needs: { instance: ['r'] },
    definition: `${own}:diff`,
    handler: diffOperation,
  },
  {
    code: 'expunge',
    levels: ['system', 'type', 'instance'],
    affectsState: true,
    needs: 'administration',
    definition: `${own}:expunge`,
    handler: expunge,
  },
  {
    code: 'reindex',
    levels: ['system', 'instance'],
    types: ['SearchParameter'],
    affectsState: true,
    needs: 'administration',
    definition: `${own}:reindex`,
    handler: reindex,
  },
  {
    code: 'reindex-status',
    levels: ['system'],
    affectsState: false,
    needs: 'administration',
    definition: `${own}:reindex-status`,
    handler: reindexStatus,
  },
  {
    code: 'everything',
    levels: ['type', 'instance'],
    types: ['Patient'],
    affectsState: false,
    needs: { type: ['s'], instance: ['r', 's'] },
    definition: `${standard}/Patient-everything`,
    handler: everything,
  },
  {
    code: 'everything',
    levels: ['instance'],
    types: ['Encounter'],
    affectsState: false,
    needs: { type: ['s'], instance: ['r', 's'] },
    definition: `${standard}/Encounter-everything`,
    handler: everything,
  },
  {
    code: 'lastn',
    levels: ['type'],
    types: ['Observation'],
    affectsState: false,
    needs: { type: ['s'] },
    definition: `${standard}/Observation-lastn`,
    handler: lastn,
  },
  {
    code: 'lookup',
    levels: ['type'],
    types: ['CodeSystem'],
    affectsState: false,
    needs: reading,
    definition: `${standard}/CodeSystem-lookup`,
    handler: lookup,
  },
  {
    code: 'validate-code',
    levels: ['type', 'instance'],
    types: ['CodeSystem'],
    affectsState: false,
    needs: reading,
    definition: `${standard}/CodeSystem-validate-code`,
    handler: validateCodeInSystem,
  },
  {
    code: 'subsumes',
    levels: ['type', 'instance'],
    types: ['CodeSystem'],
    affectsState: false,
    needs: reading,
    definition: `${standard}/CodeSystem-subsumes`,
    handler: subsumes,
  },
  {
    code: 'expand',
    levels: ['type', 'instance'],
    types: ['ValueSet'],
    affectsState: false,
    needs: reading,
    definition: `${standard}/ValueSet-expand`,
    bodyParameter: 'valueSet',
    handler: expandOperation,
  },
  {
    code: 'validate-code',
    levels: ['type', 'instance'],
    types: ['ValueSet'],
    affectsState: false,
    needs: reading,
    definition: `${standard}/ValueSet-validate-code`,
    handler: validateCodeInValueSet,
  },
  {
    code: 'translate',
    levels: ['type', 'instance'],
    types: ['ConceptMap'],
    affectsState: false,
    needs: reading,
    definition: `${standard}/ConceptMap-translate`,
    handler: translate,
  },
  {
    code: 'closure',
    levels: ['system'],
    types: ['ConceptMap'],
    affectsState: true,
    needs: { system: ['r'] },
    definition: `${standard}/ConceptMap-closure`,
    handler: closure,
  },
  {
    code: 'results',
    levels: ['instance'],
    types: ['Patient'],
    affectsState: false,
    needs: { instance: ['r'] },
    definition: `${own}:results`,
    handler: patientResults,
  },
  {
    code: 'release',
    levels: ['instance'],
    types: ['DiagnosticReport', 'Observation'],
    affectsState: true,
    needs: { instance: ['r', 'u'] },
    definition: `${own}:release`,
    handler: release,
  },
  {
    code: 'review-results',
    levels: ['system'],
    types: ['DiagnosticReport', 'Observation'],
    affectsState: true,
    needs: {},
    definition: `${own}:review-results`,
    handler: reviewResults,
  },
  {
    code: 'result-inbox',
    levels: ['system'],
    types: ['DiagnosticReport', 'Observation'],
    affectsState: false,
    needs: { system: ['s'] },
    definition: `${own}:result-inbox`,
    handler: resultInbox,
  },
  {
    code: 'smart-launch',
    levels: ['system'],
    affectsState: true,
    needs: {},
    definition: `${own}:smart-launch`,
    handler: smartLaunch,
  },
  {
    code: 'role-policies',
    levels: ['system'],
    affectsState: false,
    needs: 'administration',
    definition: `${own}:role-policies`,
    handler: rolePolicies,
  },
  {
    code: 'verify-audit',
    levels: ['system'],
    affectsState: false,
    needs: 'administration',
    definition: `${own}:verify-audit`,
    handler: verifyAuditOperation,
  },
  {
    code: 'question',
    levels: ['instance'],
    types: ['AuditEvent'],
    affectsState: true,
    needs: { instance: ['r'] },
    definition: `${own}:question`,
    handler: question,
  },
  {
    code: 'rehearse',
    levels: ['type'],
    types: ['Consent'],
    affectsState: false,
    needs: { type: ['r'] },
    definition: `${own}:rehearse`,
    handler: rehearse,
  },
  {
    code: 'consent-explain',
    levels: ['instance'],
    affectsState: false,
    needs: { instance: ['r'] },
    definition: `${own}:consent-explain`,
    handler: consentExplain,
  },
  {
    code: 'invite',
    levels: ['instance'],
    types: ['Patient'],
    affectsState: true,
    needs: { instance: ['r'] },
    definition: `${own}:invite`,
    handler: invitePatient,
  },
  {
    code: 'revoke-invitation',
    levels: ['instance'],
    types: ['Patient'],
    affectsState: true,
    needs: { instance: ['r'] },
    definition: `${own}:revoke-invitation`,
    handler: revokeInvitation,
  },
  {
    code: 'link-account',
    levels: ['instance'],
    types: ['Task'],
    affectsState: true,
    needs: { instance: ['r'] },
    definition: `${own}:link-account`,
    handler: linkAccount,
  },
  {
    code: 'graphql',
    levels: ['system', 'instance'],
    affectsState: false,
    needs: {},
    definition: `${standard}/Resource-graphql`,
    readsBody: true,
    handler: graphql,
  },
]
