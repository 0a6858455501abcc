/** From one parameter of a search to what it asks. https://hl7.org/fhir/R4/search.html */
import { OutcomeError } from '../outcome.ts'
import type { ChainCriterion, Criterion, HasCriterion, SpecialCriterion } from './criterion.ts'
import { findParameter, type KnownParameters, specialParameters } from './find-parameter.ts'
import { checkModifier, unsupportedModifier } from './modifiers.ts'
import type { IndexedParameter } from './search-index.ts'
import { alternatives, maxSteps } from './search-limits.ts'
import { checkBooleans } from './types/token.ts'

/** Parses one parameter of a search on `type`. */
export function parseCriterion(name: string, value: string, type: string, known: KnownParameters): Criterion {
  const [code, rest] = splitName(name)
  if (code === '_has') return hasCriterion(name, value, type, known)
  if (Object.hasOwn(specialParameters, code)) return specialCriterion(code, rest, value)

  const parameter = findParameter(code, type, known)
  if (rest.includes('.')) return chainCriterion(name, rest, parameter, value, known)
  const modifier = rest === '' ? undefined : rest.slice(1)
  if (modifier !== undefined) checkModifier(name, modifier, parameter, known)
  const values = alternatives(value, parameter.type)
  if (parameter.type === 'token' && (modifier === undefined || modifier === 'not')) {
    checkBooleans(parameter.paths, values, name)
  }
  return { kind: 'parameter', name, parameter, ...(modifier && { modifier }), values }
}

/** `name:exact` to `name` and `:exact`; `subject:Patient.name` to `subject` and `:Patient.name`. */
function splitName(name: string): [string, string] {
  const end = /[:.]/.exec(name)?.index ?? name.length
  return [name.slice(0, end), name.slice(end)]
}

function specialCriterion(code: string, rest: string, value: string): SpecialCriterion {
  const modifier = rest === '' ? undefined : rest.slice(1)
  if (modifier !== undefined && !specialParameters[code]!.includes(modifier)) {
    throw unsupportedModifier(modifier, code, 'special', specialParameters[code]!)
  }
  const values = code === '_filter' ? [value] : alternatives(value, code)
  return { kind: 'special', name: code, ...(modifier && { modifier }), values }
}

/** `rest` is `.name` or `:Patient.name`, the parameter a reference. */
function chainCriterion(
  name: string,
  rest: string,
  parameter: IndexedParameter,
  value: string,
  known: KnownParameters,
): ChainCriterion {
  const fail = (reason: string) => new OutcomeError('invalid-chain', { chain: name, reason })
  if (parameter.type !== 'reference') throw fail(`'${parameter.code}' is not a reference.`)
  const dot = rest.indexOf('.')
  const only = rest.slice(1, Math.max(dot, 1))
  const tail = rest.slice(dot + 1)
  if (only !== '' && !known.definitions.isResourceType(only)) throw fail(`there is no resource type '${only}'.`)
  if (only !== '' && !parameter.targets.includes(only)) throw fail(`'${parameter.code}' never points at a ${only}.`)
  if (tail === '') throw fail('it ends without a parameter.')
  if (name.split('.').length > maxSteps) throw fail(`it has more than ${maxSteps} steps.`)

  const targets = only === '' ? parameter.targets : [only]
  let badValue: OutcomeError | undefined
  const next = targets.flatMap((type) => {
    try {
      return [{ type, criterion: parseCriterion(tail, value, type, known) }]
    } catch (error) {
      const code = targets.length > 1 && error instanceof OutcomeError ? error.issues[0]!.code : undefined
      // What makes no sense on one of several types may do so on another.
      if (code === 'invalid-search-value') badValue = error as OutcomeError
      else if (code !== 'unknown-parameter') throw error
      return []
    }
  })
  if (next.length === 0 && badValue) throw badValue
  if (next.length === 0) throw fail(`none of ${targets.join(', ')} has the parameter '${tail}'.`)
  return { kind: 'chain', name, parameter, next }
}

/** `_has:Observation:patient:code=x`. https://hl7.org/fhir/R4/search.html#has */
function hasCriterion(name: string, value: string, target: string, known: KnownParameters): HasCriterion {
  const fail = (reason: string) => new OutcomeError('invalid-chain', { chain: name, reason })
  const match = /^_has:([^:]+):([^:]+):(.+)$/.exec(name)
  if (!match) throw fail('it must have the form _has:[type]:[reference]:[parameter].')
  const [, type, code, tail] = match as unknown as [string, string, string, string]
  if (!known.definitions.isResourceType(type)) throw fail(`there is no resource type '${type}'.`)
  const parameter = findParameter(code, type, known)
  if (parameter.type !== 'reference') throw fail(`'${code}' is not a reference.`)
  if (!parameter.targets.includes(target)) throw fail(`'${code}' of ${type} never points at a ${target}.`)
  if (tail.split('_has').length > 6) throw fail('it is nested more than 6 levels.')
  return { kind: 'has', name, type, parameter, next: parseCriterion(tail, value, type, known) }
}
