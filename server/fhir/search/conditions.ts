/** From a criterion to a condition on a row. */
import { visible } from '../../access/access.ts'
import { refuseHiddenParameter, refuseWholeText } from '../../access/hidden.ts'
import { all, any, raw, type Sql, sql } from '../../sql.ts'
import { OutcomeError } from '../outcome.ts'
import { parseReference } from '../reference.ts'
import type { AnyCriterion, ChainCriterion, Criterion, HasCriterion, SpecialCriterion } from './criterion.ts'
import { unescapeValue } from './escapes.ts'
import { filterCondition } from './filter.ts'
import { forms } from './forms.ts'
import { presenceBits } from './index-row.ts'
import { presence } from './indexing/presence.ts'
import { pointedAtBy, pointsAt, type Select } from './links.ts'
import type { Compiler, Scope } from './scope.ts'
import type { IndexedParameter } from './search-index.ts'
import { arrayText, tableOf } from './table.ts'
import { compositeCondition } from './types/composite.ts'
import { dateCondition, parseDate, rangeCondition } from './types/date.ts'
import { nearCondition } from './types/near.ts'
import { numberCondition } from './types/number.ts'
import { referenceCondition } from './types/reference.ts'
import { stringCondition } from './types/string.ts'
import { hasAnyTerm, type PinningCondition } from './types/terms.ts'
import { tokenCondition } from './types/token.ts'
import { uriCondition } from './types/uri.ts'
import { wordsOf } from './values.ts'

export function criterionCondition(criterion: Criterion, scope: Scope): Sql {
  switch (criterion.kind) {
    case 'parameter':
      return parameterCondition(criterion.parameter, criterion.values, criterion.modifier, criterion.name, scope)
    case 'chain':
      return chainCondition(criterion, scope)
    case 'has':
      return hasCondition(criterion, scope)
    case 'special':
      return specialCondition(criterion, scope)
    case 'any':
      return anyCondition(criterion, scope)
    case 'period': {
      const { alias } = scope
      return sql`(${alias}.d1 is null or (${alias}.d0 < ${criterion.high} and ${alias}.d1 > ${criterion.low}))`
    }
  }
}

/** Each part pins few rows by an index of its own. */
function anyCondition({ criteria }: AnyCriterion, scope: Scope): PinningCondition {
  const parts = criteria.map((criterion) => criterionCondition(criterion, scope))
  return parts.length === 1 ? parts[0]! : { ...any(parts), few: true }
}

export function parameterCondition(
  parameter: IndexedParameter,
  values: readonly string[],
  modifier: string | undefined,
  name: string,
  scope: Scope,
): Sql {
  refuseHiddenParameter(scope.compiler.access, scope.type, parameter)
  if (modifier === 'missing') return missingCondition(parameter, values, name, scope)
  switch (parameter.type) {
    case 'token':
      return tokenCondition(parameter.paths, values, modifier, name, scope)
    case 'string':
      return stringCondition(parameter.paths, values, modifier, scope)
    case 'date':
      return dateCondition(parameter.paths, values, name, scope)
    case 'number':
    case 'quantity':
      return numberCondition(parameter.paths, values, name, scope)
    case 'uri':
      return uriCondition(parameter.paths, values, modifier, scope)
    case 'reference':
      return referenceCondition(parameter, values, modifier, name, scope)
    case 'composite':
      return compositeCondition(parameter, values, name, scope, (part, texts, partName, inner) =>
        parameterCondition(part, texts, undefined, partName, inner),
      )
    case 'special':
      return nearCondition(parameter.paths, values, name, scope)
  }
}

/** `:missing=true`: none of the parameter's paths has a value. */
function missingCondition(parameter: IndexedParameter, values: readonly string[], name: string, scope: Scope): Sql {
  const [value] = values
  if (values.length !== 1 || (value !== 'true' && value !== 'false')) {
    const expected = 'With :missing it takes true or false.'
    throw new OutcomeError('invalid-search-value', { name, value: values.join(','), type: parameter.type, expected })
  }
  const { indexes, terms } = scope.compiler
  let mask = 0n
  const markers: bigint[] = []
  for (const path of parameter.paths) {
    const bit = indexes.presenceBit(scope.type, presence(path))
    if (bit < presenceBits) mask |= 1n << BigInt(bit)
    else markers.push(terms.term(path.tweak, forms.present() + (path.resolveType ?? '')))
  }
  const present = [sql`${scope.alias}.present & ${mask}::bigint <> 0`]
  if (markers.length > 0) present.push(hasAnyTerm(scope, markers))
  return value === 'false' ? any(present) : sql`not ${any(present)}`
}

/** Statements over rows of another type that meet a criterion. */
function selectFrom(type: string, criterion: Criterion, compiler: Compiler): Select {
  return (column) => {
    const alias = compiler.nextAlias()
    const condition = criterionCondition(criterion, { type, alias, compiler, table: tableOf(type) })
    return sql`select ${column(alias)} from ${tableOf(type)} ${alias}
      where ${condition} and ${visible(compiler.access, type, alias)}`
  }
}

/** https://hl7.org/fhir/R4/search.html#chaining */
function chainCondition({ parameter, next }: ChainCriterion, scope: Scope): Sql {
  refuseHiddenParameter(scope.compiler.access, scope.type, parameter)
  const conditions = next.flatMap(({ type, criterion }) =>
    pointsAt(parameter, type, selectFrom(type, criterion, scope.compiler), scope),
  )
  return any(conditions)
}

/** https://hl7.org/fhir/R4/search.html#has */
function hasCondition({ type, parameter, next }: HasCriterion, scope: Scope): Sql {
  refuseHiddenParameter(scope.compiler.access, type, parameter)
  return any(pointedAtBy(parameter, type, selectFrom(type, next, scope.compiler), scope))
}

function specialCondition(criterion: SpecialCriterion, scope: Scope): Sql {
  const { name, values, modifier } = criterion
  switch (name) {
    case '_id':
      return idCondition(values, modifier, scope)
    case '_lastUpdated':
      return modifier === 'missing'
        ? raw(values[0] === 'false' ? 'true' : 'false')
        : lastUpdatedCondition(values, scope)
    case '_text':
      refuseWholeText(scope.compiler.access, scope.type, name)
      return narrativeCondition(values, scope)
    case '_content':
      refuseWholeText(scope.compiler.access, scope.type, name)
      return contentCondition(values, scope)
    case '_list':
      return listCondition(values, scope)
    case '_filter':
      return filterCondition(values[0]!, scope)
    default:
      throw new OutcomeError('unknown-parameter', { type: scope.type, name, nearest: '' })
  }
}

export function idCondition(values: readonly string[], modifier: string | undefined, scope: Scope): Sql {
  const { alias, compiler, type, contained } = scope
  if (modifier === 'missing') return raw(values[0] === 'false' ? 'true' : 'false')
  // An id has no system: `|x` is `x`.
  const ids = values.map((value) => unescapeValue(value).replace(/^\|/, ''))
  const keys = ids.map((id) => compiler.terms.key(type, id))
  const condition = contained
    ? sql`${alias}.id = any(${ids}::text[])`
    : keys.length === 1
      ? sql`${alias}.pk = ${keys[0]}`
      : sql`${alias}.pk = any(${arrayText(keys)}::bigint[])`
  return modifier === 'not' ? sql`not ${condition}` : condition
}

export function lastUpdatedCondition(values: readonly string[], { alias, compiler }: Scope): Sql {
  const queries = values.map((value) => parseDate(value, '_lastUpdated'))
  return any(queries.map((q) => rangeCondition(q, sql`${alias}.ts`, sql`(${alias}.ts + 1)`, compiler.now)))
}

/** Every word of one of the alternatives begins a word of the narrative. */
function narrativeCondition(values: readonly string[], { alias }: Scope): Sql {
  const queries = values
    .map((value) => wordsOf(unescapeValue(value)))
    .filter((words) => words.length > 0)
    .map((words) => words.map((word) => `'${word}':*`).join(' & '))
  if (queries.length === 0) return raw('false')
  return sql`${alias}.pk in (select pk from x_narrative where ${any(queries.map((query) => sql`words @@ ${query}::tsquery`))})`
}

/** Every word begins a word of some string. Reads contents: meant for searches that other criteria narrow. */
function contentCondition(values: readonly string[], { alias }: Scope): Sql {
  return any(
    values
      .map((value) => wordsOf(unescapeValue(value)))
      .filter((words) => words.length > 0)
      .map((words) => all(words.map((word) => beginsWord(sql`${alias}.content`, word)))),
  )
}

/**
 * Taking the strings out of a content costs ten times as much as a look at the whole. Where that is ASCII, so that nothing
 * in it has accents, it has the word as it is, at the beginning or after an escape.
 */
function beginsWord(content: Sql, word: string): Sql {
  const somewhere = `(^|[^[:alnum:]]|\\\\([bfnrt]|u[0-9a-f]{4}))${word}`
  return sql`case when octet_length(${content}) <> length(${content})
      or (lower(${content} collate "C") like ${`%${word}%`} and ${content} ~* ${somewhere})
    then content_text(${content}) ~ ${`(^|[^[:alnum:]])${word}`} else false end`
}

/** Resources that the List has as entries. https://hl7.org/fhir/R4/search.html#list */
function listCondition(values: readonly string[], scope: Scope): Sql {
  const { compiler, alias, type } = scope
  const keys = values.flatMap((value) =>
    (compiler.lists.get(unescapeValue(value)) ?? []).flatMap((text) => {
      const reference = parseReference(text, compiler.base)
      return reference.kind === 'relative' && reference.type === type ? [compiler.terms.key(type, reference.id)] : []
    }),
  )
  return sql`${alias}.pk = any(${arrayText(keys)}::bigint[])`
}
