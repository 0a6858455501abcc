/** What is wrong with an answer, whatever the request was. */
import type { Definitions } from '../../../server/fhir/definitions.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { type CatalogueEntry, catalogue, outcomeSystem } from '../../../server/fhir/outcome.ts'
import { fromXml } from '../../../server/fhir/xml-read.ts'
import type { TestReply } from '../../support/test-server.ts'
import type { HostileRequest } from './request.ts'

interface Issue {
  readonly severity?: string
  readonly code?: string
  readonly details?: {
    readonly coding?: readonly { readonly system?: string; readonly code?: string }[]
    readonly text?: string
  }
  readonly expression?: readonly string[]
  readonly location?: readonly string[]
}

/** Faults of what was sent as a body: the answer says where. */
const bodyFaults = new Set([
  ...['invalid-json', 'invalid-xml', 'duplicate-key', 'too-deep', 'nul-character', 'wrong-resource-type'],
  ...['missing-id', 'wrong-id'],
  ...[
    'unknown-element',
    'missing-element',
    'too-many',
    'wrong-shape',
    'invalid-value',
    'empty-value',
    'several-choices',
  ],
  ...['misplaced-element', 'unknown-code', 'invalid-bundle'],
])

/** Complaints about the answer; none for one that a client can use. */
export function complaints(
  request: HostileRequest,
  reply: TestReply,
  { definitions }: { readonly definitions: Definitions },
): string[] {
  const { status, headers, text } = reply
  if (status >= 500) return [`status ${status}`]
  if (status < 400) return status < 200 ? [`status ${status}`] : []
  if (request.method === 'HEAD') return text === '' ? [] : ['a body after HEAD']
  const type = headers['content-type'] ?? ''
  if (!/^(application|text)\/(fhir\+)?(json|xml); charset=utf-8$/.test(type)) return [`content type ${type}`]
  const outcomes = outcomesOf(bodyOf(reply, definitions))
  if (!outcomes.every((outcome) => outcome?.['resourceType'] === 'OperationOutcome')) {
    return [`not an OperationOutcome: ${text.slice(0, 200)}`]
  }
  const issues = outcomes.flatMap((outcome) => (outcome!['issue'] ?? []) as readonly Issue[])
  if (issues.length === 0) return ['no issue']
  const quotes = sentText(request)
  return [...issues.flatMap((issue) => faultsOf(issue, quotes)), ...statusFaults(status, issues[0]!)]
}

/** GraphQL has an outcome in each of its errors. https://hl7.org/fhir/R4/graphql.html#errors */
function outcomesOf(body: JsonObject): readonly (JsonObject | undefined)[] {
  const errors = body['errors'] as readonly { extensions?: { resource?: JsonObject } }[] | undefined
  return errors?.map(({ extensions }) => extensions?.resource) ?? [body]
}

/** The body of an answer as JSON, in whichever format it came; an empty object where it is no resource. */
export function bodyOf({ headers, text, json }: TestReply, definitions: Definitions): JsonObject {
  if (!/xml/.test(headers['content-type'] ?? '')) return json
  try {
    return fromXml(text, definitions)
  } catch {
    return {}
  }
}

function faultsOf(issue: Issue, quotes: string): string[] {
  const coding = issue.details?.coding?.[0]
  const entry = coding?.code === undefined ? undefined : entryOf(coding.code)
  if (coding?.system !== outcomeSystem || !entry) return [`no code of the catalogue: ${JSON.stringify(issue)}`]
  const code = coding.code!
  const text = issue.details?.text ?? ''
  const placed = (issue.expression?.length ?? 0) > 0 || (issue.location?.length ?? 0) > 0
  return [
    ...(issue.code === entry.issue ? [] : [`${code} has the issue code ${issue.code}`]),
    ...(/^(error|fatal|warning|information)$/.test(issue.severity ?? '') ? [] : [`severity ${issue.severity}`]),
    ...(placed || !bodyFaults.has(code) ? [] : [`${code} does not say where: ${text}`]),
    ...sentenceFaults(code, text, quotes),
  ]
}

function sentenceFaults(code: string, text: string, quotes: string): string[] {
  const sentence = /^\S[\s\S]{10,}[.?!…)]$/.test(text.trim())
  const leaks = [
    /\[object Object\]/,
    /\bundefined\b/,
    /\bNaN\b/,
    /\{\w+\}/,
    /syntax error at or near/,
    /\.ts:\d/,
    /\bat .*\(.*:\d+:\d+\)/,
  ]
  const leaked = leaks.filter((leak) => leak.test(text) && !leak.test(quotes))
  return [
    ...(sentence ? [] : [`${code} is no sentence: ${text}`]),
    ...leaked.map((leak) => `${code} tells ${leak}: ${text.slice(0, 300)}`),
  ]
}

/** The status of an answer is that of its first issue; an entry of a Bundle has its own. */
function statusFaults(status: number, first: Issue): string[] {
  const entry = entryOf(first.details?.coding?.[0]?.code ?? '')
  return !entry || entry.status === status ? [] : [`status ${status} with ${first.details?.coding?.[0]?.code}`]
}

function entryOf(code: string): CatalogueEntry | undefined {
  return Object.hasOwn(catalogue, code) ? catalogue[code as keyof typeof catalogue] : undefined
}

/** Everything that was sent, and what is left when it is decoded part by part: sentences may quote it. */
function sentText({ url, headers, payload }: HostileRequest): string {
  const plain = `${url} ${Object.values(headers).join(' ')} ${payload?.toString() ?? ''}`
  const once = percentDecoded(plain)
  return `${plain} ${once} ${percentDecoded(once)}`
}

function percentDecoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (codes) => Buffer.from(codes.replaceAll('%', ''), 'hex').toString())
}
