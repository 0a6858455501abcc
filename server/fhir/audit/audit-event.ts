/**
 * From what was noted to AuditEvents of IHE's Basic Audit Log Patterns, one for each patient concerned.
 * https://profiles.ihe.net/ITI/BALP/content.html
 */
import type { JsonObject } from '../json.ts'
import { patientsNamed } from './patients.ts'
import type { AuditCoding, AuditedCaller, UnpackedRecord as AuditRecord, OtherEvent } from './record.ts'

export interface AuditWorld {
  /** The FHIR base URL. */
  readonly base: string
}

const profiles = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.'
const dicom = 'http://dicom.nema.org/resources/ontology/DCM'
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType'
const entityType = 'http://terminology.hl7.org/CodeSystem/audit-entity-type'
const objectRole = 'http://terminology.hl7.org/CodeSystem/object-role'
const rest: AuditCoding = { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' }

type Pattern = 'Read' | 'Query' | 'Create' | 'Update' | 'Delete'

interface Kind {
  readonly action: OtherEvent['action']
  /** The pattern that a success follows. */
  readonly pattern?: Pattern
}

/** By the code of the interaction. */
const kinds: Readonly<Record<string, Kind>> = {
  read: { action: 'R', pattern: 'Read' },
  vread: { action: 'R', pattern: 'Read' },
  'search-type': { action: 'E', pattern: 'Query' },
  'search-system': { action: 'E', pattern: 'Query' },
  'search-compartment': { action: 'E', pattern: 'Query' },
  'history-instance': { action: 'R' },
  'history-type': { action: 'R' },
  'history-system': { action: 'R' },
  create: { action: 'C', pattern: 'Create' },
  update: { action: 'U', pattern: 'Update' },
  patch: { action: 'U', pattern: 'Update' },
  delete: { action: 'D', pattern: 'Delete' },
}

interface Parts {
  readonly client: AuditCoding
  readonly server: AuditCoding
  /** A code of v3-ParticipationType. */
  readonly user: string
}

const source: AuditCoding = { system: dicom, code: '110153', display: 'Source Role ID' }
const destination: AuditCoding = { system: dicom, code: '110152', display: 'Destination Role ID' }
const custodian = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type'
const asks: Parts = { client: source, server: destination, user: 'IRCP' }
const writes: Parts = { client: source, server: destination, user: 'AUT' }

/** What client, server and user are to each pattern. */
const parts: Readonly<Record<Pattern, Parts>> = {
  Read: { client: destination, server: source, user: 'IRCP' },
  Query: asks,
  Create: writes,
  Update: writes,
  Delete: {
    client: { system: dicom, code: '110150', display: 'Application' },
    server: { system: custodian, code: 'custodian', display: 'Custodian' },
    user: 'AUT',
  },
}

/** Where restful-interaction has another code. */
const subtypeCodes: Readonly<Record<string, string>> = { 'search-compartment': 'search' }

/** The AuditEvents of one record. Where several patients are concerned, none is told of the others. */
export function auditEvents(record: AuditRecord, world: AuditWorld): readonly JsonObject[] {
  const patients = patientsOf(record)
  if (patients.length < 2) return [auditEvent(record, patients[0], true, world)]
  return [
    auditEvent(record, undefined, true, world),
    ...patients.map((patient) => auditEvent(record, patient, false, world)),
  ]
}

function patientsOf({ patients = [], query, who, code }: AuditRecord): readonly string[] {
  const found = [...new Set([...patients, ...(query === undefined ? [] : patientsNamed(query))])]
  return found.length === 0 && query !== undefined && who.patient !== undefined && typeof code === 'string'
    ? [who.patient]
    : found
}

/** `alone`: no other patient is concerned, so that all may be told. */
function auditEvent(record: AuditRecord, patient: string | undefined, alone: boolean, world: AuditWorld): JsonObject {
  const { code, t, status } = record
  const other = typeof code === 'string' ? undefined : code
  const { action, pattern }: Kind = other ?? kinds[code as string] ?? { action: 'E' }
  const profile = status < 400 ? patternUrl(pattern, record, patient) : undefined
  return {
    resourceType: 'AuditEvent',
    ...(profile !== undefined && { meta: { profile: [profile] } }),
    type: coding(other?.type ?? rest),
    ...subtypes(record),
    action,
    recorded: new Date(t).toISOString(),
    outcome: status < 400 ? '0' : status < 500 ? '4' : '8',
    ...outcomeText(record, other),
    agent: agents(record, patient, pattern, world),
    source: {
      observer: { identifier: { value: world.base } },
      type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
    },
    ...entities(record, patient, alone, pattern),
  }
}

function patternUrl(pattern: Pattern | undefined, { what, query }: AuditRecord, patient: string | undefined) {
  if (pattern === undefined || (pattern === 'Query' ? query : what) === undefined) return undefined
  return `${profiles}${patient === undefined ? '' : 'Patient'}${pattern}`
}

function coding({ system, code, display }: AuditCoding): JsonObject {
  return { system, code, ...(display !== undefined && { display }) }
}

function subtypes({ code, operation }: AuditRecord): JsonObject {
  if (typeof code !== 'string') return code.subtype === undefined ? {} : { subtype: [coding(code.subtype)] }
  const interaction = coding({ system: 'http://hl7.org/fhir/restful-interaction', code: subtypeCodes[code] ?? code })
  if (operation === undefined) return { subtype: [interaction] }
  return { subtype: [interaction, coding({ system: 'urn:candela:operation', code: operation })] }
}

function outcomeText({ fault, status }: AuditRecord, other: OtherEvent | undefined): JsonObject {
  const text = fault === undefined ? other?.text : `${status} ${fault}`
  return text === undefined ? {} : { outcomeDesc: text }
}

function agents(
  record: AuditRecord,
  patient: string | undefined,
  pattern: Pattern | undefined,
  { base }: AuditWorld,
): JsonObject[] {
  const { address } = record
  const who = forPatient(record.who, patient)
  const { client, server, user } = pattern === undefined ? asks : parts[pattern]
  return [
    {
      type: { coding: [coding(client)] },
      who: { identifier: { system: 'urn:candela:client', value: who.client ?? 'unknown' } },
      requestor: who.account === undefined,
      ...(who.account === undefined && purposeOf(who)),
      network: address === undefined ? { address: 'unknown' } : { address, type: '2' },
    },
    {
      type: { coding: [coding(server)] },
      who: { identifier: { value: base } },
      requestor: false,
      network: { address: base, type: '5' },
    },
    ...userAgents(who, user),
  ]
}

/** Who acts by a token: the pattern for tokens that tell nothing by themselves. No part of one is kept, which could be used. */
const oauthAgent = { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes', code: 'UserOauthAgent' }

function userAgents(who: AuditedCaller, part: string): JsonObject[] {
  const { account, user, roles = [], grant, onBehalfOf } = who
  if (account === undefined) return []
  const identifier = { system: 'urn:candela:account', value: account }
  const person: JsonObject = {
    type: { coding: [{ system: participation, code: part }, ...(grant === undefined ? [] : [oauthAgent])] },
    ...(roles.length > 0 && { role: roles.map((code) => ({ coding: [{ system: 'urn:candela:role', code }] })) }),
    who: { ...(user !== undefined && { reference: user }), identifier },
    requestor: true,
    ...(grant !== undefined && { policy: [`urn:candela:grant:${grant}`] }),
    ...purposeOf(who),
  }
  if (onBehalfOf === undefined) return [person]
  const patient = {
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass', code: 'PAT' }] },
    who: { reference: `Patient/${onBehalfOf}` },
    requestor: false,
  }
  return [person, patient]
}

/** Without a purpose that concerns others. */
function forPatient(who: AuditedCaller, patient: string | undefined): AuditedCaller {
  const { purpose: _purpose, purposeOf: patients, ...rest } = who
  return patients === undefined || (patient !== undefined && patients.includes(patient)) ? who : rest
}

function purposeOf({ purpose }: AuditedCaller): JsonObject {
  if (purpose === undefined) return {}
  return {
    purposeOfUse: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: purpose }] }],
  }
}

function entities(
  { what, query, request }: AuditRecord,
  patient: string | undefined,
  alone: boolean,
  pattern: Pattern | undefined,
): JsonObject {
  const list: JsonObject[] = []
  const object = (role: string) => ({
    type: { system: entityType, code: '2' },
    role: { system: objectRole, code: role },
  })
  if (what !== undefined) list.push({ what: { reference: what }, ...object('4') })
  // A query may name others. A search of all types has no path.
  const told = query === undefined ? undefined : alone ? query : query.split('?')[0] || '/'
  if (told !== undefined && told !== '' && (what === undefined || pattern === undefined)) {
    list.push({ ...object('24'), query: Buffer.from(told).toString('base64') })
  }
  if (patient !== undefined) {
    list.push({
      what: { reference: `Patient/${patient}` },
      type: { system: entityType, code: '1' },
      role: { system: objectRole, code: '1' },
    })
  }
  if (request !== undefined) {
    list.push({
      what: { identifier: { value: request } },
      type: { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', code: 'XrequestId' },
    })
  }
  return list.length === 0 ? {} : { entity: list }
}
