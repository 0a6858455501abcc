/** Who is to take notice of a result, in line: who ordered it, who performed it, whose patient it is. */
import type { Context } from '../../context.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { parseReference } from '../../fhir/reference.ts'
import { objectIn, objectsIn, referenceIn } from '../../fhir/results/reading.ts'
import { currentVersion } from '../../store/resources.ts'
import { keyOf } from '../read.ts'

/** Reads what of a resource names people; each step is taken where the ones before named nobody. */
const steps: readonly ((observation: JsonObject, context: Context) => Promise<readonly string[]>)[] = [
  async ({ basedOn }, context) =>
    (await Promise.all(objectsIn(basedOn).map((order) => named(order, ['ServiceRequest'], context)))).flatMap(
      (order) => referenceIn(order?.['requester']) ?? [],
    ),
  async ({ performer }) => objectsIn(performer).flatMap((one) => referenceIn(one) ?? []),
  async ({ encounter }, context) =>
    objectsIn((await named(objectIn(encounter), ['Encounter'], context))?.['participant']).flatMap(
      ({ individual }) => referenceIn(individual) ?? [],
    ),
  ({ subject }, context) => practitionersOf(objectIn(subject), context),
]

/** `Practitioner/1`; undefined where nobody is known. */
export async function responsibleFor(observation: JsonObject, context: Context): Promise<string | undefined> {
  for (const step of steps) {
    const person = (await step(observation, context)).find(isPractitioner)
    if (person !== undefined) return person
  }
  return undefined
}

/** Who is next in line after the owner of a Task: the patient's own practitioner. */
export async function nextInLine(task: JsonObject, context: Context): Promise<string | undefined> {
  const owner = referenceIn(task['owner'])
  return (await practitionersOf(objectIn(task['for']), context)).find((one) => isPractitioner(one) && one !== owner)
}

async function practitionersOf(patient: JsonObject | undefined, context: Context): Promise<readonly string[]> {
  const found = await named(patient, ['Patient'], context)
  return objectsIn(found?.['generalPractitioner']).flatMap((one) => referenceIn(one) ?? [])
}

function isPractitioner(reference: string): boolean {
  return /^Practitioner(?:Role)?\//.test(reference)
}

async function named(
  reference: JsonObject | undefined,
  types: readonly string[],
  context: Context,
): Promise<JsonObject | undefined> {
  const parsed = parseReference(referenceIn(reference) ?? '', context.base)
  if (parsed.kind !== 'relative' || !types.includes(parsed.type)) return undefined
  const key = keyOf(context, parsed.type, parsed.id)
  const found = await currentVersion(context.store.db, context.access, parsed.type, key)
  return found && parseStored(found.content)
}
