/** The searches that are measured, with values that find what they should. */
import { analyteShares, analytes, encounterTypes } from './codes.ts'
import { personOf, type World } from './data.ts'
import { drawFrom, familyBeginnings } from './draw.ts'

/** Charts with the most visits first. */
export function fullCharts(world: World, count: number): string[] {
  return world.visits
    .map((visits, chart) => ({ visits, chart }))
    .sort((a, b) => b.visits - a.visits)
    .slice(0, count)
    .map(({ chart }) => personOf(chart).id)
}

export interface Shape {
  readonly name: string
  readonly paths: readonly string[]
  /** Every page is full. */
  readonly full: boolean
}

/** The hot shapes, for pages of `count`. */
export function hotShapes(world: World, count: number): Shape[] {
  const patients = fullCharts(world, Math.max(10, Math.min(40, Math.floor(world.charts / 10))))
  const page = `_count=${count}`
  const frequent = analytes.slice(0, 3).map((analyte) => `http://loinc.org|${analyte.code}`)
  const identifiers = drawn(200, world.rows).map((at) => personOf(Math.floor(at * world.charts)).id)
  const of = (name: string, paths: readonly string[], full = true) => ({ name, paths, full })
  return [
    of(
      'patient',
      patients.map((id) => `/fhir/Observation?patient=${id}&${page}`),
    ),
    of(
      'patient + code',
      patients.map((id) => `/fhir/Observation?patient=${id}&code=${frequent[0]}&${page}`),
      count <= 20,
    ),
    of(
      'patient + category + date',
      patients.map((id) => `/fhir/Observation?patient=${id}&category=laboratory&date=ge2013-03-01&${page}`),
    ),
    of(
      'code sorted by date',
      analytes.slice(0, 60).map(({ code }) => `/fhir/Observation?code=http://loinc.org|${code}&_sort=-date&${page}`),
    ),
    of(
      'identifier',
      identifiers.map((id) => `/fhir/Patient?identifier=https://github.com/synthetichealth/synthea|${id}&${page}`),
      false,
    ),
  ]
}

/** Searches that find about one row in a hundred. */
export function selectiveShapes(): Shape[] {
  const beginnings = familyBeginnings.slice(0, 40)
  const onePercent = indexOfShare(0.01)
  const codes = analytes.slice(onePercent - 3, onePercent + 4).map(({ code }) => `http://loinc.org|${code}`)
  const types = encounterTypes.slice(20, 30).map(({ code }) => `http://snomed.info/sct|${code}`)
  const rare = analytes.slice(190, 200).map(({ code }) => `http://loinc.org|${code}`)
  const of = (name: string, paths: readonly string[]) => ({ name, paths, full: false })
  return [
    of('code + value-quantity', highValues()),
    of(
      'name prefix + birth date',
      beginnings.map((name) => `/fhir/Patient?name=${name}&birthdate=ge1940-01-01`),
    ),
    of(
      'chain',
      beginnings.map((name) => `/fhir/Observation?patient.name=${name}`),
    ),
    of(
      'chain + code',
      beginnings.map((name) => `/fhir/Observation?patient.name=${name}&code=${analytes[0]!.code}`),
    ),
    of(
      '_has',
      rare.map((code) => `/fhir/Patient?_has:Observation:patient:code=${code}`),
    ),
    of(
      '_include',
      codes.map((code) => `/fhir/Observation?code=${code}&_include=Observation:patient`),
    ),
    of(
      '_revinclude',
      types.map((type) => `/fhir/Encounter?type=${type}&_revinclude=Observation:encounter`),
    ),
    of(
      '_summary=count',
      codes.map((code) => `/fhir/Observation?code=${code}&_summary=count`),
    ),
  ]
}

/** Of the frequent codes, those values that leave one Observation in a hundred. */
function highValues(): string[] {
  return analytes.slice(0, 6).flatMap(({ code, low, high, components }, i) => {
    const threshold = high - ((high - low) * 0.01) / analyteShares[i]!
    return components
      ? []
      : [`/fhir/Observation?code=http://loinc.org|${code}&value-quantity=gt${threshold.toFixed(2)}`]
  })
}

/** The first code that is not more frequent than that. */
export function indexOfShare(share: number): number {
  return analyteShares.findIndex((one) => one <= share)
}

function drawn(count: number, seed: number): number[] {
  const draw = drawFrom(seed)
  return Array.from({ length: count }, () => draw.number())
}
