/**
 * The world that is measured: charts of patients over 15 years, visit after visit in order of time across all patients,
 * as a hospital's day writes them; so one patient's rows lie far apart. The same number of rows makes the same world.
 */
import type { JsonObject } from '../../server/fhir/json.ts'
import { analytes } from './codes.ts'
import { type Draw, drawFrom, uuidFrom } from './draw.ts'
import {
  condition,
  diagnosticReport,
  encounter,
  medicationRequest,
  observation,
  organization,
  type Person,
  patient,
  practitioner,
  procedure,
  type Staff,
  type Visit,
} from './resources.ts'

export interface World {
  readonly rows: number
  /** Patients who have a chart; of all others there is only the Patient. */
  readonly charts: number
  readonly others: number
  readonly organizations: readonly Staff[]
  readonly practitioners: readonly Staff[]
  /** How many visits each chart has. */
  readonly visits: readonly number[]
}

const kinds = { organization: 1, practitioner: 2, person: 3, visit: 4, entry: 5 } as const
/** Resources of an average visit. */
const perVisit = 11.35
/** The year 2011 to the end of 2025. */
const era = { start: Date.UTC(2011, 0, 1), end: Date.UTC(2026, 0, 1) }

export function worldOf(rows: number): World {
  const others = Math.round(rows * 0.025)
  const charts = Math.max(20, Math.round(rows / 800))
  const staff = Math.max(10, Math.round(charts / 10))
  const average = (rows - others - charts - 1.5 * staff) / perVisit / charts
  const draw = drawFrom(rows)
  return {
    rows,
    charts,
    others,
    organizations: Array.from({ length: Math.ceil(staff / 2) }, (_, i) => ({
      id: uuidFrom(kinds.organization, i),
      name: `${draw.family().toUpperCase()} HOSPITAL`,
    })),
    practitioners: Array.from({ length: staff }, (_, i) => ({
      id: uuidFrom(kinds.practitioner, i),
      name: `${draw.given()} ${draw.family()}`,
    })),
    // From a fifth of the average to 1.8 times it.
    visits: Array.from({ length: charts }, () => Math.max(1, Math.round(average * (0.2 + 1.6 * draw.number())))),
  }
}

/** The person with that number: charts first, then all others. */
export function personOf(number: number): Person {
  const draw = drawFrom(0x1000_0000 + number)
  const born = Date.UTC(1930 + draw.below(80), draw.below(12), 1 + draw.below(28))
  return {
    id: uuidFrom(kinds.person, number),
    family: draw.family(),
    given: draw.given(),
    gender: draw.oneOf(['female', 'male']),
    birthDate: new Date(born).toISOString().slice(0, 10),
  }
}

/** Every resource, in the order of loading. About `world.rows` of them. */
export function* resourcesOf(world: World): Generator<JsonObject> {
  yield* world.organizations.map((staff, i) => organization(staff, drawFrom(0x2000_0000 + i)))
  yield* world.practitioners.map((staff, i) =>
    practitioner(staff, String(9_999_000_000 + i), drawFrom(0x3000_0000 + i)),
  )
  const order = visitsInOrder(world)
  const seen = new Set<number>()
  let others = 0
  for (const [i, place] of order.entries()) {
    if (!seen.has(place.chart)) yield patientOf(place.chart)
    seen.add(place.chart)
    for (; others < ((i + 1) / order.length) * world.others; others++) yield patientOf(world.charts + others)
    yield* visitOf(world, place)
  }
}

/** All resources of one chart, for a Bundle. */
export function* chartOf(world: World, chart: number, visits = world.visits[chart]!): Generator<JsonObject> {
  yield patientOf(chart)
  for (let n = 0; n < visits; n++) yield* visitOf(world, placeOf(chart, n))
}

interface Place {
  readonly chart: number
  readonly n: number
  readonly at: number
}

function placeOf(chart: number, n: number): Place {
  const draw = drawFrom(chart * 4096 + n)
  return { chart, n, at: Math.floor(era.start + (era.end - era.start) * draw.number()) }
}

function visitsInOrder(world: World): Place[] {
  return world.visits
    .flatMap((count, chart) => Array.from({ length: count }, (_, n) => placeOf(chart, n)))
    .sort((a, b) => a.at - b.at)
}

function patientOf(number: number): JsonObject {
  return patient(personOf(number), drawFrom(0x4000_0000 + number))
}

/** One Encounter and what was found, decided and done in it. */
function* visitOf(world: World, { chart, n, at }: Place): Generator<JsonObject> {
  const draw = drawFrom(0x5000_0000 + chart * 4096 + n)
  const visit: Visit = {
    id: uuidFrom(kinds.visit, chart, n),
    person: personOf(chart),
    practitioner: draw.oneOf(world.practitioners),
    organization: draw.oneOf(world.organizations),
    at,
  }
  let entries = 0
  const id = () => uuidFrom(kinds.entry, chart, n, entries++)
  yield encounter(visit, draw)
  const results = Array.from({ length: 3 + draw.below(10) }, () =>
    observation(visit, draw.frequent(analytes), id(), draw),
  )
  yield* results
  for (const [share, make] of visitParts) {
    for (let rest = share; rest > 0; rest--) if (draw.number() < rest) yield make(visit, id(), draw)
  }
  if (draw.number() < 0.8) yield diagnosticReport(visit, id(), results.slice(0, 4), draw)
}

type Part = (visit: Visit, id: string, draw: Draw) => JsonObject

/** How many of each an average visit has. */
const visitParts: readonly (readonly [number, Part])[] = [
  [0.5, condition],
  [0.9, medicationRequest],
  [0.9, procedure],
]
