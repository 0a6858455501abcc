/** `_include` and `_revinclude`. https://hl7.org/fhir/R4/search.html#include */
import { type Access, accessFor, visible } from '../../access/access.ts'
import { hidesParameter, refuseHiddenParameter } from '../../access/hidden.ts'
import { any, join, raw, type Sql, sql } from '../../sql.ts'
import { type CanonicalLink, canonicalLink, canonicalOf, nameOf } from './canonical.ts'
import { targetConstant } from './indexing/references.ts'
import type { SearchPath } from './path.ts'
import type { IncludeRequest } from './result-parameters.ts'
import { type Compiler, scopeOf } from './scope.ts'
import type { IndexedParameter } from './search-index.ts'
import { arrayText, tableOf } from './table.ts'
import { isPatientColumn } from './types/reference.ts'

/** Keys of the resources found so far, by type. */
export type FoundKeys = ReadonlyMap<string, ReadonlySet<bigint>>

/** Most resources that the includes of a page add, all rounds together. */
export const mostIncluded = 10_000

/** The statement for what the `from` resources include; undefined when nothing can be. Rows: type, pk, content. */
export function includeQuery(
  includes: readonly IncludeRequest[],
  from: FoundKeys,
  compiler: Compiler,
): Sql | undefined {
  const parts = includes.flatMap((include) =>
    include.reverse ? reverseParts(include, from, compiler) : forwardParts(include, from, compiler),
  )
  if (parts.length === 0) return undefined
  const all = join(parts, ' union all ')
  if (compiler.access.kind === 'open') return sql`${all} limit ${mostIncluded}`
  // Without an order the plan has a say in it, and rows that are not seen in the plan.
  return sql`select * from (${all}) i order by i.type, i.pk::bigint limit ${mostIncluded}`
}

/** What references along a parameter of the resources at hand point at. */
function forwardParts(include: IncludeRequest, from: FoundKeys, compiler: Compiler): Sql[] {
  return [...from.keys()]
    .filter((source) => include.source === '*' || include.source === source)
    .flatMap((source) => {
      const keys = arrayText(from.get(source)!)
      return byTarget(include, source, compiler).map(([target, links]) => {
        const alias = raw('i')
        const byKey = links.flatMap((link) => (link.by === 'url' ? [] : [pointedAt(link, source, keys)]))
        const byUrl = links.flatMap((link) => (link.by === 'url' ? [namedBy(link, source, keys)] : []))
        const conditions = byKey.length > 0 ? [sql`i.pk in (${join(byKey, ' union ')})`, ...byUrl] : byUrl
        return rows(target, any(conditions), alias, accessFor(compiler.access, 'rs'))
      })
    })
}

/** Resources of the source type whose references point at those at hand. */
function reverseParts(include: IncludeRequest, from: FoundKeys, compiler: Compiler): Sql[] {
  const sources = include.source === '*' ? compiler.definitions.resourceTypes : [include.source]
  return sources.flatMap((source) => {
    const conditions = byTarget(include, source, compiler).flatMap(([target, links]) => {
      const keys = from.get(target)
      if (!keys || keys.size === 0) return []
      return links.map((link) => {
        if (link.by === 'patient') return sql`i.patient = any(${arrayText(keys)}::bigint[])`
        if (link.by === 'url') return naming(link, target, arrayText(keys))
        return sql`i.terms && ${arrayText([...keys].map((key) => BigInt.asIntN(64, key ^ link.constant)))}::bigint[]`
      })
    })
    return conditions.length === 0 ? [] : [rows(source, any(conditions), raw('i'), compiler.access)]
  })
}

/** How a path leads to a type: by a key in the patient column, by a key among the terms, or by url. */
type Link = KeyLink | UrlLink
type KeyLink =
  | { readonly by: 'patient' }
  /** XOR with the constant takes terms to keys. */
  | { readonly by: 'key'; readonly constant: bigint }

interface UrlLink {
  readonly by: 'url'
  readonly link: CanonicalLink
}

/** A statement for the keys that resources of `source` point at. */
function pointedAt(link: KeyLink, source: string, keys: string): Sql {
  const table = tableOf(source)
  return link.by === 'patient'
    ? sql`select s.patient from ${table} s where s.pk = any(${keys}::bigint[])`
    : sql`select t # ${link.constant}::bigint from ${table} s, unnest(s.terms) t where s.pk = any(${keys}::bigint[])`
}

/** Resources whose url resources of `source` name. */
function namedBy({ link }: UrlLink, source: string, keys: string): Sql {
  return sql`i.terms && array(
    select ${nameOf(raw('t'), link)} from ${tableOf(source)} s, unnest(s.terms) t where s.pk = any(${keys}::bigint[]))`
}

/** Resources that name the urls of resources of `target`. */
function naming({ link }: UrlLink, target: string, keys: string): Sql {
  return sql`i.terms && array(
    select ${canonicalOf(raw('t'), link)} from ${tableOf(target)} s, unnest(s.terms) t where s.pk = any(${keys}::bigint[]))`
}

/** The links of an include by the type they point at. */
function byTarget(include: IncludeRequest, source: string, compiler: Compiler): [string, Link[]][] {
  const targets = new Map<string, Map<string, Link>>()
  for (const parameter of parametersOf(include, source, compiler)) {
    for (const path of parameter.paths) {
      for (const target of path.resolveType ? [path.resolveType] : parameter.targets) {
        if (include.target !== undefined && include.target !== target) continue
        const links = targets.get(target) ?? new Map<string, Link>()
        for (const link of linksOf(path, target, source, compiler)) links.set(`${link.by} ${path.text}`, link)
        if (links.size > 0) targets.set(target, links)
      }
    }
  }
  return [...targets].map(([target, links]) => [target, [...links.values()]])
}

function linksOf(path: SearchPath, target: string, source: string, compiler: Compiler): Link[] {
  const links: Link[] = []
  if (path.types.includes('Reference')) {
    const isColumn = isPatientColumn(path, target, scopeOf(source, compiler))
    links.push(isColumn ? { by: 'patient' } : { by: 'key', constant: targetConstant(path, target, compiler.terms) })
  }
  const link = canonicalLink(path, compiler.indexes.index(target).canonical, compiler.terms)
  if (link) links.push({ by: 'url', link })
  return links
}

function parametersOf(include: IncludeRequest, source: string, compiler: Compiler): IndexedParameter[] {
  const { parameters } = compiler.indexes.index(source)
  const named = include.parameter === '*' ? undefined : parameters.get(include.parameter)
  if (named) refuseHiddenParameter(compiler.access, source, named)
  const all = [...parameters.values()].filter((one) => !hidesParameter(compiler.access, source, one))
  const wanted = include.parameter === '*' ? all : [named]
  return wanted.filter((parameter) => parameter?.type === 'reference') as IndexedParameter[]
}

function rows(type: string, condition: Sql, alias: Sql, access: Access): Sql {
  return sql`select ${type} as type, i.pk::text as pk, i.content from ${tableOf(type)} i
    where ${condition} and ${visible(access, type, alias)}`
}
