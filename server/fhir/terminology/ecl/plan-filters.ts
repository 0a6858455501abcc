/** Filters in double braces as tests whose codes are resolved: `type = syn` and `typeId = 900000000000013009` are one. */
import type { FilterTest, Plan } from './plan.ts'
import { type Constraint, EclError, type Filter, type FilterTarget } from './syntax.ts'

type PlanConstraint = (constraint: Constraint) => Plan
type Read = (filter: Filter, planOf: PlanConstraint) => FilterTest<Plan> | undefined

/** Throws `EclError` for filters that are unknown, or known and not answered here. */
export function filterTests(
  on: FilterTarget,
  filters: readonly Filter[],
  planOf: PlanConstraint,
): readonly FilterTest<Plan>[] {
  return filters.map((filter) => {
    const read = Object.hasOwn(readers, filter.field) ? readers[filter.field] : undefined
    if (!read?.on.includes(on)) throw unusable(filter, `There is no filter '${filter.field}' of a ${on} here`)
    const ordered = filter.operator !== '=' && filter.operator !== '!='
    const test = ordered && filter.field !== 'effectivetime' ? undefined : read.read(filter, planOf)
    if (!test) throw unusable(filter, `The filter '${filter.field}' has a value that does not fit it`)
    return test
  })
}

function unusable({ at }: Filter, reason: string): EclError {
  return new EclError(`At character ${at + 1}: ${reason}.`, at)
}

const types = { syn: '900000000000013009', fsn: '900000000000003001', def: '900000000000550004' } as const
const statuses = { primitive: '900000000000074008', defined: '900000000000073002' } as const

const readers: Readonly<Record<string, { readonly on: readonly FilterTarget[]; readonly read: Read }>> = {
  term: {
    on: ['description'],
    read: ({ values, operator }) =>
      values.kind === 'terms' ? { field: 'term', negated: operator === '!=', terms: values.terms } : undefined,
  },
  language: {
    on: ['description'],
    read: ({ values, operator }) =>
      values.kind === 'words' ? { field: 'language', negated: operator === '!=', languages: values.words } : undefined,
  },
  type: { on: ['description'], read: (filter) => byWords(filter, 'typeId', types) },
  typeid: { on: ['description'], read: (filter, planOf) => byConcepts(filter, 'typeId', planOf) },
  definitionstatus: { on: ['concept'], read: (filter) => byWords(filter, 'definitionStatusId', statuses) },
  definitionstatusid: { on: ['concept'], read: (filter, planOf) => byConcepts(filter, 'definitionStatusId', planOf) },
  moduleid: { on: ['concept', 'description'], read: (filter, planOf) => byConcepts(filter, 'moduleId', planOf) },
  active: { on: ['concept', 'description'], read: (filter) => byActivity(filter) },
  effectivetime: { on: ['concept', 'description'], read: (filter) => byDays(filter) },
}

type IdField = 'typeId' | 'moduleId' | 'definitionStatusId'

function byConcepts(
  { values, operator }: Filter,
  field: IdField,
  planOf: PlanConstraint,
): FilterTest<Plan> | undefined {
  if (values.kind !== 'concepts') return undefined
  return { field, negated: operator === '!=', concepts: planOf(values.values) }
}

function byWords(
  { values, operator }: Filter,
  field: IdField,
  codes: Readonly<Record<string, string>>,
): FilterTest<Plan> | undefined {
  if (values.kind !== 'words' || !values.words.every((word) => Object.hasOwn(codes, word))) return undefined
  const found = values.words.map((word) => codes[word]!)
  return { field, negated: operator === '!=', concepts: { kind: 'codes', codes: found } }
}

const activities: Readonly<Record<string, boolean>> = { '1': true, true: true, '0': false, false: false }

function byActivity({ values, operator }: Filter): FilterTest<Plan> | undefined {
  if (values.kind === 'concepts' && values.values.kind === 'any') return { field: 'active' }
  const word = values.kind === 'words' && values.words.length === 1 ? values.words[0]! : ''
  if (word === '*') return { field: 'active' }
  if (!Object.hasOwn(activities, word)) return undefined
  return { field: 'active', active: activities[word]! === (operator === '=') }
}

function byDays({ values, operator }: Filter): FilterTest<Plan> | undefined {
  if (values.kind !== 'terms' || !values.terms.every(({ text }) => /^(\d{8})?$/.test(text))) return undefined
  return { field: 'effectiveTime', operator, days: values.terms.map(({ text }) => text) }
}
