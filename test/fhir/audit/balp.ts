/**
 * What the profiles of IHE's Basic Audit Log Patterns ask of an AuditEvent, version 1.1: written from their rules, not from
 * what makes the events. https://profiles.ihe.net/ITI/BALP
 */
import type { JsonObject } from '../../../server/fhir/json.ts'

interface Coding {
  readonly system?: string
  readonly code?: string
}

interface Agent {
  readonly type?: { readonly coding?: readonly Coding[] }
  readonly who?: object
  readonly network?: object
  readonly media?: object
  readonly requestor?: boolean
  readonly policy?: readonly string[]
}

interface Entity {
  readonly type?: Coding
  readonly role?: Coding
  readonly what?: { readonly reference?: string; readonly identifier?: { readonly value?: string } }
  readonly query?: string
  readonly lifecycle?: object
  readonly detail?: object
}

interface Event {
  readonly type?: Coding
  readonly subtype?: readonly Coding[]
  readonly action?: string
  readonly recorded?: string
  readonly outcome?: string
  readonly agent?: readonly Agent[]
  readonly entity?: readonly Entity[]
  readonly source?: object
}

interface Rules {
  readonly subtypes: readonly string[]
  readonly action: string
  readonly client: string
  readonly server: string
  readonly users: readonly string[]
  readonly object: 'data' | 'query'
}

const dicom = 'http://dicom.nema.org/resources/ontology/DCM|'
const [source, destination, application] = ['110153', '110152', '110150'].map((code) => dicom + code) as [
  string,
  string,
  string,
]
const custodian = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type|custodian'
const part = (code: string) => `http://terminology.hl7.org/CodeSystem/v3-ParticipationType|${code}`
const recipient = [part('IRCP')]
const sources = ['AUT', 'INF', 'CST'].map(part)

const patterns: Readonly<Record<string, Rules>> = {
  Read: {
    ...{ subtypes: ['read', 'vread'], action: 'R', object: 'data' },
    ...{ client: destination, server: source, users: recipient },
  },
  Query: {
    ...{ subtypes: ['search', 'search-type', 'search-system'], action: 'E', object: 'query' },
    ...{ client: source, server: destination, users: recipient },
  },
  Create: {
    ...{ subtypes: ['create'], action: 'C', object: 'data' },
    ...{ client: source, server: destination, users: sources },
  },
  Update: {
    ...{ subtypes: ['update', 'patch'], action: 'U', object: 'data' },
    ...{ client: source, server: destination, users: sources },
  },
  Delete: {
    ...{ subtypes: ['delete'], action: 'D', object: 'data' },
    ...{ client: application, server: custodian, users: sources },
  },
}

const entityType = 'http://terminology.hl7.org/CodeSystem/audit-entity-type|'
const objectRole = 'http://terminology.hl7.org/CodeSystem/object-role|'
const dataRoles = ['4', '3', '20'].map((code) => objectRole + code)
const requestId = 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType|XrequestId'
const oauthAgent = 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes|UserOauthAgent'

function key({ system, code }: Coding = {}): string {
  return `${system}|${code}`
}

const agentTypes = ({ type }: Agent) => type?.coding?.map(key) ?? []

/** What an event does not keep of the profile that it claims; undefined where it claims none. */
export function balpFaults(resource: JsonObject): readonly string[] | undefined {
  const { profile } = (resource['meta'] ?? {}) as { profile?: readonly string[] }
  const claimed = profile?.[0]?.split('IHE.BasicAudit.')[1]
  if (claimed === undefined) return undefined
  const hasPatient = claimed.startsWith('Patient')
  const rules = patterns[hasPatient ? claimed.slice('Patient'.length) : claimed]
  if (!rules) return [`no such profile: ${claimed}`]
  const event = resource as Event
  return [...headFaults(event, rules), ...agentFaults(event, rules), ...entityFaults(event, rules, hasPatient)]
}

function headFaults({ type, subtype = [], action, recorded, outcome, source: from }: Event, rules: Rules): string[] {
  const rest = 'http://terminology.hl7.org/CodeSystem/audit-event-type|rest'
  const interactions = rules.subtypes.map((code) => `http://hl7.org/fhir/restful-interaction|${code}`)
  return unmet({
    type: key(type) === rest,
    subtype: subtype.filter((one) => interactions.includes(key(one))).length === 1,
    action: action === rules.action,
    recorded: recorded !== undefined,
    outcome: outcome === '0',
    source: from !== undefined,
  })
}

function agentFaults({ agent = [] }: Event, { client, server, users }: Rules): string[] {
  const programs = [client, server].map((type) => agent.filter((one) => agentTypes(one).includes(type)))
  const people = agent.filter((one) => agentTypes(one).some((type) => users.includes(type)))
  const byToken = agent.filter((one) => agentTypes(one).includes(oauthAgent))
  return unmet({
    'two agents': agent.length >= 2,
    'one client, one server': programs.every((found) => found.length === 1),
    'where they are': programs.flat().every(({ who, network, media }) => who && network && !media),
    'one user': people.length <= 1,
    'what the user is': people.every(({ who, requestor, media, network }) => who && requestor && !media && !network),
    'what the user acts by': byToken.every(({ policy, requestor }) => policy?.length === 1 && requestor),
    'a user who acts by a token': people.length === byToken.length,
  })
}

function entityFaults({ entity = [] }: Event, rules: Rules, hasPatient: boolean): string[] {
  const objects = entity.filter(({ type }) => key(type) === `${entityType}2`)
  const patients = entity.filter(({ type }) => key(type) === `${entityType}1`)
  const requests = entity.filter(({ type }) => key(type) === requestId)
  const isData = ({ what, role }: Entity) => what && dataRoles.includes(key(role))
  const isQuery = ({ what, role, query, lifecycle, detail }: Entity) =>
    !what && query && !lifecycle && !detail && key(role) === `${objectRole}24`
  return unmet({
    'one object': objects.length === 1,
    'what the object is': objects.every(rules.object === 'data' ? isData : isQuery),
    'one patient': patients.length === (hasPatient ? 1 : 0),
    'what the patient is': patients.every(
      ({ role, what }) => key(role) === `${objectRole}1` && /^Patient\/[^/]+$/.test(what?.reference ?? ''),
    ),
    'one request': requests.length <= 1 && requests.every(({ what }) => what?.identifier?.value),
  })
}

function unmet(conditions: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(conditions).flatMap(([name, isMet]) => (isMet ? [] : [name]))
}
