/** What waits for the person who is signed in, and what they do with it: `$result-inbox` and `$review-results`. */
import type { JsonObject } from '../../server/fhir/json.ts'
import { objectsIn, referenceIn, textIn } from '../../server/fhir/results/reading.ts'
import { type Report, reportOf } from '../../server/fhir/results/report.ts'
import { type Result, resultOf } from '../../server/fhir/results/result.ts'
import type { FhirClient } from '../shared/fhir/fhir-client.ts'
import { type Person, personOf } from '../shared/fhir/person.ts'

/** A result to be reviewed. */
export interface Item {
  /** `Observation/17` */
  readonly reference: string
  readonly patient: Person | undefined
  readonly result: Result | undefined
  readonly report: Report | undefined
  readonly isCritical: boolean
  /** The patient does not see it yet. */
  readonly isHeld: boolean
  /** When it came: a FHIR instant. */
  readonly since: string
}

export interface Inbox {
  readonly items: readonly Item[]
  /** Of all that there are. */
  readonly total: number
}

const page = 100

/** The next items after `offset` of them. */
export async function loadInbox(client: FhirClient, offset: number, signal?: AbortSignal): Promise<Inbox> {
  const answer = await client.get(`$result-inbox?_count=${page}&_offset=${offset}`, signal)
  const parameters = objectsIn(answer['parameter'])
  const named = (name: string) => parameters.filter((one) => one['name'] === name)
  const patients = new Map(
    named('patient').map(({ resource }) => {
      const patient = resource as JsonObject
      return [`Patient/${textIn(patient['id'])}`, personOf(patient)]
    }),
  )
  const total = Number(named('total')[0]?.['valueInteger'] ?? 0)
  return { total, items: named('item').map((parameter) => itemOf(parameter, patients)) }
}

function itemOf({ part }: JsonObject, patients: ReadonlyMap<string, Person>): Item {
  const parts = new Map(objectsIn(part).map((one) => [one['name'], one]))
  const resource = (parts.get('result')?.['resource'] ?? {}) as JsonObject
  const isReport = resource['resourceType'] === 'DiagnosticReport'
  return {
    reference: `${textIn(resource['resourceType'])}/${textIn(resource['id'])}`,
    patient: patients.get(referenceIn(resource['subject']) ?? ''),
    result: isReport ? undefined : resultOf(resource),
    report: isReport ? reportOf(resource) : undefined,
    isCritical: parts.get('critical')?.['valueBoolean'] === true,
    isHeld: parts.get('held')?.['valueBoolean'] === true,
    since: textIn(parts.get('since')?.['valueInstant']) ?? '',
  }
}

/** What is done with results. Whoever releases one or comments on it has taken notice of it. */
export interface Review {
  readonly release: boolean
  /** What the patient is told; nothing where it is empty. */
  readonly comment: string
}

/** What became of one result. */
export interface Reviewed {
  readonly reference: string
  readonly isDone: boolean
  /** Why it was not. */
  readonly reason: string | undefined
}

export async function review(
  client: FhirClient,
  references: readonly string[],
  { release, comment }: Review,
): Promise<readonly Reviewed[]> {
  const parameter: JsonObject[] = [
    ...references.map((reference) => ({ name: 'result', valueReference: { reference } })),
    ...(release ? [{ name: 'release', valueBoolean: true }] : []),
    ...(comment === '' ? [] : [{ name: 'comment', valueString: comment }]),
  ]
  const answer = await client.post('$review-results', { resourceType: 'Parameters', parameter })
  return objectsIn(answer['parameter'])
    .filter(({ name }) => name === 'item')
    .map(({ part }) => {
      const parts = new Map(objectsIn(part).map((one) => [one['name'], one]))
      const outcome = parts.get('outcome')?.['resource'] as JsonObject | undefined
      const [issue] = objectsIn(outcome?.['issue'])
      return {
        reference: referenceIn(parts.get('result')?.['valueReference']) ?? '',
        isDone: parts.get('reviewed')?.['valueBoolean'] === true,
        reason: textIn(issue?.['diagnostics']),
      }
    })
}
