/** Whether the names in `_elements` are elements of what a search returns. https://hl7.org/fhir/R4/search.html#elements */
import type { Definitions } from '../definitions.ts'
import { didYouMean } from '../nearest.ts'
import { type Issue, OutcomeError } from '../outcome.ts'
import { findParameter, type KnownParameters } from './find-parameter.ts'
import type { IncludeRequest, ResultParameters } from './result-parameters.ts'

/** Of wrong names so many are told: each is compared with all that exist. */
const mostTold = 10

/** Refuses names that nothing returned has; under lenient handling they are told of in warnings. */
export function checkElements(
  value: string,
  request: Pick<ResultParameters, 'types' | 'includes' | 'contained'>,
  known: KnownParameters & { readonly handling: 'strict' | 'lenient' },
): Issue[] {
  const { definitions } = known
  const names = new Set(value.split(',').map((name) => name.trim().replace('[x]', '')))
  names.delete('')
  const types = returnedTypes(request, known)
  const wrong: string[] = []
  for (const name of names) {
    if (!isElement(name, types, definitions)) wrong.push(name)
    if (wrong.length === mostTold) break
  }
  if (names.size > 0 && wrong.length === 0) return []

  const denial =
    types.length === 1 ? `${types[0]} has no such element.` : 'No type that is returned has such an element.'
  const elements = () => request.types.flatMap((type) => [...(definitions.properties(type)?.keys() ?? [])])
  const advice = (name: string) => denial + didYouMean(name, elements())
  const faults = names.size === 0 ? [['', 'It takes names of elements.']] : wrong.map((name) => [name, advice(name)])
  if (known.handling === 'strict') throw new OutcomeError(faults.map(([name, text]) => refused(name!, text!)))
  return faults.map(([name, text]) => ({
    code: 'ignored-parameter',
    params: { name: `_elements=${name}`, nearest: ` ${text}` },
    severity: 'warning',
  }))
}

function refused(value: string, expected: string): Issue {
  return { code: 'invalid-search-value', params: { name: '_elements', value, type: 'element names', expected } }
}

/** The types of matches and of what is included; of what contained resources are in, nothing is known. */
function returnedTypes(
  { types, includes, contained }: Pick<ResultParameters, 'types' | 'includes' | 'contained'>,
  known: KnownParameters,
): readonly string[] {
  if (contained !== 'false') return known.definitions.resourceTypes
  return [...new Set([...types, ...includes.flatMap((include) => includedTypes(include, known))])]
}

function includedTypes(include: IncludeRequest, known: KnownParameters): readonly string[] {
  const { source, parameter, target, reverse } = include
  const all = known.definitions.resourceTypes
  if (reverse) return source === '*' ? all : [source]
  if (target !== undefined) return [target]
  return source === '*' || parameter === '*' ? all : findParameter(parameter, source, known).targets
}

/** `name`, `value` or `valueQuantity`; with a type before it, it may also be of what is contained. */
function isElement(name: string, types: readonly string[], definitions: Definitions): boolean {
  const dot = name.indexOf('.')
  const element = name.slice(dot + 1)
  const searched = dot < 0 ? types : [name.slice(0, dot)].filter(definitions.isResourceType)
  return searched.some((type) => {
    const properties = definitions.properties(type)
    return properties?.has(element) || [...(properties?.values() ?? [])].some((one) => one.element.name === element)
  })
}
