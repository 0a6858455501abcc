/** Every way to reach a resource, beside searches of its own values. */
import { referencesTo, type Subject } from '../../oracle/random/choose-criterion.ts'
import { referencedKeys, referenceParameters } from '../../oracle/reach.ts'
import { remember, type World } from '../../oracle/world.ts'
import { child, patient, strangers } from './population.ts'
import type { TwinRequest } from './request.ts'
import { anySubject, keyOf, type Source, someCriteria } from './searches.ts'

const get = (kind: string, path: string, headers?: TwinRequest['headers']): TwinRequest => ({
  method: 'GET',
  path,
  kind,
  ...(headers && { headers }),
})

/** A member of the compartment, or what merely refers to a patient, by each path. */
export function byReference(source: Source): TwinRequest {
  const { world, random } = source
  const type = random.pick(pointingTypes(world))
  const parameter = random.pick(referenceParameters(world, type).filter(({ target }) => target?.includes('Patient')))
  const { code } = parameter
  const who = random.pick([patient, patient, patient, child, ...strangers])
  const subject = anySubject(source)
  const paths: readonly (readonly [string, string])[] = [
    ['reference', `${type}?${code}=Patient/${who}`],
    ['reference by type', `${type}?${code}:Patient=${who}&_count=2`],
    ['reference counted', `${type}?${code}=Patient/${who}&_summary=count`],
    ['no reference', `${type}?${code}:missing=true&_total=accurate`],
    ['chain', `${type}?${code}:Patient.gender=male,female,other,unknown`],
    ['chain to an id', `${type}?${code}:Patient._id=${who}`],
    ['has', `Patient?_has:${type}:${code}:_id=${idsOf(world, type, random.below(40))}`],
    ['has of any', `Patient?_has:${type}:${code}:_lastUpdated=gt2000&_total=accurate`],
    ['include', `${type}?_include=${type}:${code}&_count=5`],
    ['include typed', `${type}?_include=${type}:${code}:Patient&_count=5`],
    ['revinclude', `Patient?_id=${who}&_revinclude=${type}:${code}`],
    ['revinclude of all', `Patient?_revinclude=${type}:${code}&_count=3`],
    ['include twice', `${type}?_include=${type}:${code}&_revinclude:iterate=${type}:${code}&_count=2`],
    ['sort by reference', `${type}?_sort=${code}&_count=5`],
    ['compartment', `Patient/${who}/${type}`],
    ['compartment of all', `Patient/${who}/*?_type=${type},Patient`],
    ['everything', `Patient/${who}/$everything?_type=${type}`],
    ['filter', `${type}?_filter=${encodeURIComponent(`${code} re "Patient/${who}"`)}`],
    ['content', `${type}?_content=${who.split('-')[1]}&_count=3`],
    ['list', `${type}?_list=${idsOf(world, 'List', random.below(20))}`],
    ['compartment of another', `${keyOf(subject)}/${type}?_count=3`],
  ]
  const [kind, path] = random.pick(paths)
  return get(kind, path)
}

function pointingTypes(world: World): readonly string[] {
  return remember(world.memory, 'types that point at patients', () =>
    world.types.filter((type) => referenceParameters(world, type).some(({ target }) => target?.includes('Patient'))),
  )
}

function idsOf(world: World, type: string, at: number): string {
  const { members } = world.population(type)
  return members.length === 0 ? 'none' : String(members[at % members.length]!.resource.id)
}

/** A parameter of any type with one of its targets: `_include`, `_revinclude`, a chain or `_has` along it. */
export function byLink(source: Source): TwinRequest {
  const { world, random } = source
  const subject = anySubject(source)
  const { type } = subject.population
  const [, id] = keyOf(subject).split('/') as [string, string]
  const incoming = referencesTo(world).get(keyOf(subject)) ?? []
  if (incoming.length > 0 && random.chance(0.5)) {
    const link = random.pick(incoming)
    const inner = someCriteria(source, { population: world.population(link.type), index: link.index })
    return get(
      'link from',
      random.pick([
        `${type}?_id=${id}&_revinclude=${link.type}:${link.code}`,
        `${type}?_has:${link.type}:${link.code}:${inner}`,
        `${type}?_has:${link.type}:${link.code}:${inner}&_total=accurate&_count=1`,
        `${link.type}?${link.code}=${type}/${id}&_include=${link.type}:${link.code}:${type}`,
        `${link.type}?${link.code}:${type}.${someCriteria(source, subject)}`,
      ]),
    )
  }
  const outgoing = referenceParameters(world, type).filter(
    (parameter) => referencedKeys(world, subject.population, parameter)[subject.index]!.length > 0,
  )
  if (outgoing.length === 0) return byId(source)
  const { code } = random.pick(outgoing)
  return get(
    'link to',
    random.pick([
      `${type}?_id=${id}&_include=${type}:${code}`,
      `${type}?_id=${id}&_include=${type}:*&_include:iterate=*`,
      `${type}?_include=${type}:${code}&_count=3`,
      `${type}?_sort=-${code}&_count=4`,
    ]),
  )
}

/** One resource, its versions and what operations tell of it. */
export function byId(source: Source): TwinRequest {
  const { random } = source
  const subject = anySubject(source)
  const key = random.weighted([
    [18, () => keyOf(subject)],
    [1, () => `${subject.population.type}/absent`],
    [1, () => random.pick(source.deleted)],
  ])()
  const [type] = key.split('/')
  const version = random.pick([1, 1, 2, 3])
  const paths: readonly (readonly [weight: number, request: TwinRequest])[] = [
    [10, get('read', key)],
    [2, { ...get('head', key), method: 'HEAD' }],
    [1, get('read, not modified', key, { 'if-none-match': 'W/"1"' })],
    [5, get('vread', `${key}/_history/${version}`)],
    [5, get('history', `${key}/_history`)],
    [1, get('history counted', `${key}/_history?_count=1`)],
    [3, get('by id', `${type}?_id=${key.split('/')[1]}&_total=accurate`)],
    [2, get('meta', `${key}/$meta`)],
    [2, get('diff', `${key}/$diff?from=1`)],
    [1, get('diff of two', `$diff?from=${key}&to=${keyOf(anySubject(source))}`)],
    [2, get('validate', `${key}/$validate?mode=delete`)],
    [1, get('validate whole', `${key}/$validate`)],
    [
      2,
      get(
        'everything',
        `Patient/${random.pick([patient, child, ...strangers])}/$everything?_count=${1 + random.below(30)}`,
      ),
    ],
    [
      2,
      get(
        'results',
        `Patient/${random.pick([patient, child, ...strangers])}/$results?_count=${1 + random.below(30)}${random.pick(['', '&code=8480-6', '&before=2024-02-01'])}`,
      ),
    ],
    [1, get('everything of a visit', `Encounter/${idsOf(source.world, 'Encounter', random.below(9))}/$everything`)],
  ]
  return random.weighted(paths)
}

/** What is told of a type, or of all. */
export function byType(source: Source): TwinRequest {
  const { random, world } = source
  const subject = anySubject(source)
  const { type } = subject.population
  const codes = ['8480-6', '1234-5', 'alpha']
  return random.weighted([
    [4, get('history of a type', `${type}/_history?_count=${1 + random.below(5)}`)],
    [2, get('history since', `${type}/_history?_since=2024-01-15&_count=3`)],
    [2, get('history at', `${type}/_history?_at=2024-01-02&_count=3`)],
    [2, get('history of the system', `_history?_count=${1 + random.below(6)}`)],
    [1, get('history of the system, followed', '_history?_sort=_lastUpdated&_count=4')],
    [1, get('history of a list', `_history?_list=${idsOf(world, 'List', random.below(9))}`)],
    [2, get('meta in use', `${type}/$meta`)],
    [
      2,
      get(
        'last ones',
        `Observation/$lastn?patient=${random.pick([patient, child, ...strangers])}&max=${1 + random.below(2)}`,
      ),
    ],
    [2, get('last ones of all', `Observation/$lastn?subject:missing=false&code=${random.pick(codes)}`)],
    [1, get('everybody', `Patient/$everything?_count=5&_type=Patient,${type}`)],
    [2, get('of several types', `?_type=${type},Patient&_lastUpdated=gt2000&_count=4`)],
    [1, get('of several types, in order', `?_type=${type},Patient&_sort=-_lastUpdated&_count=4&_total=accurate`)],
    [1, get('of all types', '?_lastUpdated=gt2000&_count=4')],
    [2, get('in a value set', `${codedOf(type)}?code:in=ValueSet/${idsOf(world, 'ValueSet', random.below(20))}`)],
    [2, terminology(source, subject)],
    [3, contained(source)],
    [5, get('by what some may not see', random.pick(noted))],
  ])
}

/** What resources contain, alone or beside others. */
function contained({ random, world }: Source): TwinRequest {
  const types = remember(world.memory, 'contained types', () => {
    const all = world.types.flatMap((type) => world.population(type).members.map(({ resource }) => resource))
    const found = all.flatMap((resource) => (resource as { contained?: { resourceType: string }[] }).contained ?? [])
    return [...new Set(found.map(({ resourceType }) => resourceType))]
  })
  const type = random.pick(types)
  const shape = random.pick(['true', 'both', 'true&_containedType=contained', 'both&_count=2', 'true&_summary=count'])
  return get('contained', `${type}?_id:missing=false&_contained=${shape}`)
}

/** Searches by elements that are hidden from the desk. */
const noted = [
  'Appointment?reason-code:missing=false',
  'Appointment?reason-reference:missing=true&_summary=count',
  'Appointment?supporting-info:missing=false',
  'Appointment?_sort=reason-code',
  'Encounter?reason-code:missing=false&_count=2',
  'Encounter?diagnosis:missing=true',
  'Encounter?_filter=reason-code pr true',
  'Appointment?_filter=supporting-info.identifier pr true',
  'Patient?_has:Encounter:patient:reason-code:missing=false',
  'Encounter?appointment.reason-code:missing=false',
  `Appointment?supporting-info:Patient._id=${patient}`,
  'Appointment?supporting-info:Patient._lastUpdated=gt2000&_summary=count',
  'Patient?_has:Appointment:supporting-info:_lastUpdated=gt2000&_total=accurate',
  'Patient?_has:Appointment:supporting-info:_id=points-appointment-1,points-appointment-2',
]

const coded = ['Condition', 'Observation', 'Procedure', 'MedicationRequest']

function codedOf(type: string): string {
  return coded.includes(type) ? type : 'Observation'
}

function terminology({ world, random }: Source, { index }: Subject): TwinRequest {
  const valueSet = idsOf(world, 'ValueSet', index)
  const codeSystem = idsOf(world, 'CodeSystem', index)
  return get(
    'terminology',
    random.pick([
      `ValueSet/${valueSet}/$expand`,
      `ValueSet/${valueSet}/$validate-code?system=http://loinc.org&code=8480-6`,
      `ValueSet/$expand?url=http://example.org/fhir/ValueSet/${1 + random.below(4)}`,
      `CodeSystem/${codeSystem}/$validate-code?code=alpha`,
      `CodeSystem/$lookup?system=http://example.org/codes&code=alpha`,
      `ConceptMap/${idsOf(world, 'ConceptMap', index)}/$translate?system=http://loinc.org&code=8480-6`,
    ]),
  )
}
