/**
 * From a resource to the row by which it is found: its terms, its principal values and the rows of the side tables.
 * Compiled once per resource type; runs on every write.
 */
import { medicationTypes } from '../../access/referred-medication.ts'
import { sharedTypes } from '../../access/shared-types.ts'
import type { SearchParameterType } from '../definitions.ts'
import type { JsonObject } from '../json.ts'
import { emptyRow, type IndexRow } from './index-row.ts'
import { compositeName, compositeStep } from './indexing/composites.ts'
import { dateStep, principalDateStep } from './indexing/dates.ts'
import { narrativeWords } from './indexing/narrative.ts'
import { numberStep, positionStep } from './indexing/numbers.ts'
import { presence, presenceStep } from './indexing/presence.ts'
import { canonicalStep, referenceStep } from './indexing/references.ts'
import { referredMedicationStep } from './indexing/referred-medication.ts'
import { securityContextStep } from './indexing/security-context.ts'
import { sharingStep } from './indexing/sharing.ts'
import type { Step } from './indexing/step.ts'
import { sortTextStep, stringStep, uriStep } from './indexing/strings.ts'
import { tokenStep } from './indexing/tokens.ts'
import type { SearchPath } from './path.ts'
import type { Principal, TypeIndex } from './search-index.ts'
import { isSortedByText } from './sort-texts.ts'
import type { Terms } from './term.ts'

/** Makes the row of a resource; `key` is the resource's own. */
export type IndexResource = (resource: JsonObject, key: bigint) => IndexRow

/**
 * Another number says that the rows which the steps make differ from those that earlier ones made of the same resources:
 * what is stored then has to be indexed again.
 */
export const indexCodeVersion = '5'

/** `presenceBit` tells a path's bit in `present`; `base` is this server's own FHIR base URL. */
export function compileIndexResource(
  index: TypeIndex,
  terms: Terms,
  presenceBit: (presence: string) => number,
  base: string,
): IndexResource {
  const steps = compileSteps(index, terms, presenceBit, base)
  return (resource, key) => {
    const row = emptyRow()
    if (index.type === 'Patient') row.patient = key
    const indexer = { row, resource }
    for (const step of steps) step(indexer)
    row.narrative = narrativeWords(resource)
    row.terms = unique(row.terms)
    return row
  }
}

/** Parameters share paths: what each step is called keeps it from being taken twice. */
function compileSteps(
  index: TypeIndex,
  terms: Terms,
  presenceBit: (presence: string) => number,
  base: string,
): readonly Step[] {
  const steps = new Map<string, Step>()
  for (const { type, code, composite = [], paths } of index.written) {
    if (type === 'special' || builtIn.has(code)) continue
    for (const alternative of composite) {
      if (!alternative.root) steps.set(`composite ${compositeName(alternative)}`, compositeStep(alternative, terms))
    }
    for (const path of paths) {
      steps.set(`${type} ${path.text}`, pathStep(path, type, { principal: index.principal, terms, base }))
      steps.set(`present ${presence(path)}`, presenceStep(path, presenceBit(presence(path)), terms, base))
    }
  }
  if (index.canonical) steps.set('canonical', canonicalStep(index.canonical, terms))
  if (sharedTypes.has(index.type)) steps.set('shared', sharingStep(terms, base))
  if (medicationTypes.has(index.type)) steps.set('medication', referredMedicationStep(terms))
  if (index.type === 'Binary') steps.set('security context', securityContextStep(terms, base))
  for (const path of index.standard.get('near')?.paths ?? []) steps.set(`near ${path.text}`, positionStep(path))
  return [...steps.values()]
}

/** Held in columns of their own. */
const builtIn = new Set(['_id', '_lastUpdated'])

/** What the steps of a type are compiled with. */
interface StepCompiler {
  readonly principal: Principal
  readonly terms: Terms
  readonly base: string
}

function pathStep(path: SearchPath, type: SearchParameterType, compiler: StepCompiler): Step {
  const step = stepsByType[type](path, compiler)
  return path.computed && isSortedByText(type) ? both(step, sortTextStep(path, type)) : step
}

const stepsByType: Readonly<Record<SearchParameterType, (path: SearchPath, compiler: StepCompiler) => Step>> = {
  token: (path, { principal, terms }) => tokenStep(path, terms, principal.code?.text === path.text),
  reference: (path, { principal, terms, base }) =>
    referenceStep(path, terms, base, principal.patient?.text === path.text),
  date: (path, { principal }) =>
    principal.date.some((p) => p.text === path.text) ? principalDateStep(path) : dateStep(path),
  string: (path, { terms }) => stringStep(path, terms),
  uri: (path, { terms }) => uriStep(path, terms),
  number: quantityStep,
  quantity: quantityStep,
  composite: nothing,
  special: nothing,
}

function quantityStep(path: SearchPath, { principal, terms }: StepCompiler): Step {
  return numberStep(path, terms, principal.number?.text === path.text)
}

function nothing(): Step {
  return () => {}
}

function both(first: Step, second: Step): Step {
  return (indexer) => {
    first(indexer)
    second(indexer)
  }
}

function unique(terms: bigint[]): bigint[] {
  return terms.length < 2 ? terms : [...new Set(terms)]
}
