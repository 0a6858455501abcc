/** Which modifiers a parameter takes. https://hl7.org/fhir/R4/search.html#modifiers */
import { OutcomeError } from '../outcome.ts'
import { leadsByUrl } from './canonical.ts'
import type { KnownParameters } from './find-parameter.ts'
import { pointsIntoHierarchy } from './hierarchy.ts'
import type { IndexedParameter } from './search-index.ts'

/** Refuses a modifier that the parameter does not take; `name` is the parameter as written. */
export function checkModifier(
  name: string,
  modifier: string,
  parameter: IndexedParameter,
  { definitions, indexes }: KnownParameters,
): void {
  if (parameter.type === 'reference' && definitions.isResourceType(modifier)) {
    if (parameter.targets.length === 0 || parameter.targets.includes(modifier)) return
    throw new OutcomeError('invalid-chain', { chain: name, reason: `it never points at a ${modifier}.` })
  }
  const allowed = [...modifiers[parameter.type]!]
  if (parameter.type === 'reference' && (parameter.paths.some(leadsByUrl) || pointsIntoHierarchy(parameter, indexes))) {
    allowed.push('above', 'below')
  }
  if (!allowed.includes(modifier) || modifier === 'type') {
    throw unsupportedModifier(modifier, parameter.code, parameter.type, allowed)
  }
}

/** The refusal of a modifier, with those that would do. */
export function unsupportedModifier(
  modifier: string,
  name: string,
  type: string,
  allowed: readonly string[],
): OutcomeError {
  const list = allowed.map((m) => (m === 'type' ? ':[type]' : `:${m}`)).join(' ')
  return new OutcomeError('unsupported-modifier', {
    modifier,
    name,
    type,
    allowed: list === '' ? ' It takes none.' : ` It takes ${list}.`,
  })
}

const modifiers: Readonly<Record<string, readonly string[]>> = {
  number: ['missing'],
  date: ['missing'],
  quantity: ['missing'],
  composite: [],
  special: ['missing'],
  string: ['exact', 'contains', 'missing'],
  token: ['text', 'not', 'in', 'not-in', 'above', 'below', 'of-type', 'missing'],
  reference: ['identifier', 'missing', 'type'],
  uri: ['above', 'below', 'missing'],
}
