/**
 * The answer of `Patient/$results`: the resources as they are stored, and how they belong together.
 * Defined in profiles/operation-definitions/results.json.
 */
import type { JsonObject } from '../json.ts'
import type { Panel } from './panels.ts'
import type { ResultsView } from './results-view.ts'
import type { Trend, TrendPoint } from './trend.ts'

export interface ResultsAnswer {
  readonly view: ResultsView
  /** The texts of the resources that the view is of, by parameter. */
  readonly resources: readonly (readonly [name: 'resource' | 'earlier' | 'comment', content: string])[]
  /** How many results each analyte has, where that is more than the view knows of. */
  readonly counts: ReadonlyMap<string, number>
  /** A FHIR instant: what is older was not asked for. */
  readonly next: string | undefined
  /** By which later requests tell what they know; undefined for a part of the results. */
  readonly state: string | undefined
}

/** The text of a Parameters; resources are copied, not parsed. */
export function resultsText({ view, resources, counts, next, state }: ResultsAnswer): string {
  const copied = resources.map(([name, content]) => `{"name":"${name}","resource":${content}}`)
  const groups: JsonObject[] = [
    ...view.panels.map(panelParameter),
    ...view.trends.map((trend) => trendParameter(trend, counts.get(trend.analyte) ?? trend.count)),
    ...view.corrections.map(({ reference, earlier }) => ({
      name: 'correction',
      part: [referTo('result', reference), ...earlier.map((one) => referTo('earlier', versioned(one)))],
    })),
    ...view.setAside.map(({ reference, reason }) => ({
      name: 'setAside',
      part: [referTo('resource', reference), { name: 'reason', valueCode: reason }],
    })),
    ...(next === undefined ? [] : [{ name: 'next', valueInstant: next }]),
    ...(state === undefined ? [] : [{ name: 'state', valueString: state }]),
  ]
  const parameter = [...copied, ...groups.map((group) => JSON.stringify(group))]
  return `{"resourceType":"Parameters"${parameter.length === 0 ? '' : `,"parameter":[${parameter.join()}]`}}`
}

function panelParameter({ name, report, collected, results, missing, categories }: Panel): JsonObject {
  return {
    name: 'panel',
    part: [
      ...(name === undefined ? [] : [{ name: 'name', valueString: name }]),
      ...categories.map((code) => ({ name: 'category', valueCode: code })),
      ...(collected === undefined ? [] : [{ name: 'collected', valueDateTime: collected }]),
      ...(report ? [referTo('report', report.reference)] : []),
      ...results.map(({ reference }) => referTo('result', reference)),
      ...(missing === 0 ? [] : [{ name: 'missing', valueUnsignedInt: missing }]),
    ],
  }
}

function trendParameter({ analyte, latest, previous, direction, points }: Trend, count: number): JsonObject {
  const [system = '', code = ''] = analyte.split('|')
  const coding = { ...(system !== '' && { system }), code, display: latest.name }
  return {
    name: 'trend',
    part: [
      { name: 'analyte', valueCoding: coding },
      referTo('latest', latest.reference),
      ...(previous ? [referTo('previous', previous.reference)] : []),
      ...(direction ? [{ name: 'direction', valueCode: direction }] : []),
      { name: 'count', valueUnsignedInt: count },
      ...points.map((point) => pointParameter(point, points.at(-1)!)),
    ],
  }
}

/** In the unit of the last point of its line. */
function pointParameter({ result, number, low, high, line }: TrendPoint, last: TrendPoint): JsonObject {
  const measure = line === 0 && last.result.value?.kind === 'measure' ? last.result.value.measure : undefined
  const own = result.value?.kind === 'measure' ? result.value.measure : undefined
  const { unit = '', code } = measure ?? own ?? {}
  const quantity = (value: number) => ({
    value,
    ...(unit !== '' && { unit }),
    ...(code !== undefined && { system: 'http://unitsofmeasure.org', code }),
  })
  return {
    name: 'point',
    part: [
      referTo('result', result.reference),
      { name: 'value', valueQuantity: quantity(number) },
      ...(low === undefined ? [] : [{ name: 'low', valueQuantity: quantity(low) }]),
      ...(high === undefined ? [] : [{ name: 'high', valueQuantity: quantity(high) }]),
      { name: 'line', valueUnsignedInt: line },
    ],
  }
}

function referTo(name: string, reference: string): JsonObject {
  return { name, valueReference: { reference } }
}

function versioned({
  reference,
  version,
}: {
  readonly reference: string
  readonly version: string | undefined
}): string {
  return version === undefined ? reference : `${reference}/_history/${version}`
}
