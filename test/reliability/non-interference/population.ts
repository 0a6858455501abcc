/**
 * The resources that callers see a part of: of every type, referring to one another; for each way to belong to a patient
 * one that does so in this way alone, and for each other reference to a patient one that has only that.
 */
import type { Definitions, ElementType, TypeDefinition } from '../../../server/fhir/definitions.ts'
import { jsonName } from '../../../server/fhir/definitions.ts'
import type { JsonObject, JsonValue } from '../../../server/fhir/json.ts'
import { isJsonObject } from '../../../server/fhir/json.ts'
import { createRandom, type Random } from '../../oracle/random/random.ts'
import { oracleResources } from '../../oracle/resources.ts'

/** What became of one resource. */
export interface Life {
  readonly type: string
  readonly id: string
  /** Contents of its versions, without what the server gives them; null for a deletion. */
  readonly versions: readonly (JsonObject | null)[]
}

/** The patient that most callers act for, another whose record some see, too, and those whom nobody asks for. */
export const patient = 'made-patient-1'
export const child = 'made-patient-2'
export const strangers = ['made-patient-3', 'made-patient-4'] as const
/** Of the staff. */
export const practitioner = 'made-practitioner-1'

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
const labels = ['N', 'N', 'N', 'N', 'R', 'V', 'held'] as const
const systems = { R: confidentiality, V: confidentiality, held: 'urn:candela:result-review' } as const
const categories = ['laboratory', 'vital-signs', 'notification'] as const

export function population(definitions: Definitions, seed: number): readonly Life[] {
  const random = createRandom(seed)
  const invented = (oracleResources({ definitions, invented: 4, seed }) as unknown as JsonObject[]).map((resource) =>
    arranged(resource, random),
  )
  const pointed = definitions.resourceTypes.flatMap((type) => pointingAtPatients(type, definitions, invented, random))
  return [...invented, ...pointed].map((resource) => lifeOf(resource, random))
}

/** Shared out among the patients, with labels and categories that policies and scopes ask for. */
function arranged(resource: JsonObject, random: Random): JsonObject {
  const { meta, category, ...rest } = resource
  const owner = random.weighted([
    [6, patient],
    [2, child],
    [2, strangers[0]],
    [1, strangers[1]],
  ])
  const own = resource['resourceType'] === 'Patient' ? rest : (withPatient(rest, owner) as JsonObject)
  const { versionId: _version, lastUpdated: _updated, security: _security, ...kept } = (meta ?? {}) as JsonObject
  const label = random.pick(labels)
  const coded = { coding: [{ system: 'http://example.org/categories', code: random.pick(categories) }] }
  return {
    ...own,
    meta: { ...kept, ...(label !== 'N' && { security: [{ system: systems[label], code: label }] }) },
    ...(category !== undefined && {
      category: Array.isArray(category) && isJsonObject(category[0]) ? [coded] : category,
    }),
  }
}

/** With references to patients leading to one of them, mostly. */
export function withPatient(value: JsonValue, owner: string): JsonValue {
  if (Array.isArray(value)) return value.map((item) => withPatient(item, owner))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const isPatient = name === 'reference' && typeof item === 'string' && item.startsWith('Patient/')
      return [name, isPatient ? `Patient/${owner}` : withPatient(item, owner)]
    }),
  )
}

interface ReferencePlace {
  /** JSON names from the resource inwards, each with whether it is a list. */
  readonly steps: readonly { readonly name: string; readonly many: boolean }[]
}

/** Every element of a type that may refer to a patient. */
export function patientReferences(type: string, { types }: Definitions): readonly ReferencePlace[] {
  const found: ReferencePlace[] = []
  const look = (definition: TypeDefinition, before: ReferencePlace['steps'], depth: number) => {
    for (const element of definition.elements) {
      for (const elementType of element.types) {
        const steps = [...before, { name: jsonName(element, elementType), many: element.max > 1 }]
        if (pointsAtPatients(elementType)) found.push({ steps })
        const inner = types.get(elementType.code)
        if (depth < 3 && inner?.name.startsWith(`${type}.`)) look(inner, steps, depth + 1)
      }
    }
  }
  look(types.get(type)!, [], 0)
  return found
}

function pointsAtPatients({ code, targets }: ElementType): boolean {
  return code === 'Reference' && (targets?.includes('Patient') === true || targets?.includes('Resource') === true)
}

/** One resource for each such element: it refers to the patient there, and to a stranger everywhere else. */
function pointingAtPatients(
  type: string,
  definitions: Definitions,
  invented: readonly JsonObject[],
  random: Random,
): JsonObject[] {
  const [model] = invented.filter((resource) => resource['resourceType'] === type)
  if (!model || type === 'Patient') return []
  return patientReferences(type, definitions).map(({ steps }, i) => {
    const strange = withPatient(model, random.pick(strangers)) as JsonObject
    const id = `points-${type.toLowerCase()}-${i + 1}`
    return { ...(withReference(strange, steps, `Patient/${patient}`) as JsonObject), id, meta: {} }
  })
}

/** With a reference at a place. */
export function withReference(
  value: JsonValue | undefined,
  steps: ReferencePlace['steps'],
  reference: string,
): JsonValue {
  const [step, ...rest] = steps
  if (!step) return { reference }
  const object = isJsonObject(value) ? value : {}
  const given = object[step.name]
  const inner = withReference(Array.isArray(given) ? given[0] : given, rest, reference)
  return { ...object, [step.name]: step.many ? [inner] : inner }
}

/** Most resources have one version; some moved between patients, some are gone. AuditEvents stay as they are made. */
function lifeOf(resource: JsonObject, random: Random): Life {
  const type = String(resource['resourceType'])
  const life = { type, id: String(resource['id']) }
  const moved = () => withPatient(resource, random.pick([patient, strangers[0]])) as JsonObject
  const versions = random.weighted<() => Life['versions']>([
    [14, () => [resource]],
    [2, () => [moved(), resource]],
    [1, () => [moved(), moved(), resource]],
    [type === 'Patient' ? 0 : 1, () => [resource, null]],
    [type === 'Patient' ? 0 : 1, () => [moved(), resource, null]],
  ])
  return { ...life, versions: type === 'AuditEvent' ? [resource] : versions() }
}
