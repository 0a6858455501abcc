/** From a code to those that a map puts in its place. https://hl7.org/fhir/R4/conceptmap-operation-translate.html */
import type { JsonObject } from '../json.ts'
import { objects } from './code-table.ts'
import { joinCanonical, splitCanonical } from './facts.ts'

export interface CodeToTranslate {
  readonly system?: string
  readonly version?: string
  readonly code: string
}

export interface TranslateOptions {
  readonly reverse?: boolean
  /** The value sets (or systems) on the side that is left and on the one that is aimed at. */
  readonly source?: string
  readonly target?: string
  readonly targetSystem?: string
  /** Other elements, with the codes that they have. */
  readonly dependencies?: readonly { readonly property: string; readonly codings: readonly JsonObject[] }[]
}

export interface Match {
  readonly equivalence: string
  readonly concept: JsonObject
  readonly source: string
  readonly products: readonly JsonObject[]
  /** The code is not in the map, but there is another map for such. */
  readonly otherMap?: string
}

/** All matches in a map for a code. */
export function matchesIn(map: JsonObject, code: CodeToTranslate, options: TranslateOptions): Match[] {
  if (!concerns(map, options)) return []
  return objects(map['group']).flatMap((group) =>
    options.reverse ? backwards(map, group, code, options) : forwards(map, group, code, options),
  )
}

/** Whether the map leads from and to the value sets that are asked for. */
function concerns(map: JsonObject, { source, target, reverse }: TranslateOptions): boolean {
  const side = (name: 'source' | 'target') => String(map[`${name}Uri`] ?? map[`${name}Canonical`] ?? '')
  const [from, to] = reverse ? [side('target'), side('source')] : [side('source'), side('target')]
  return (source === undefined || sameCanonical(from, source)) && (target === undefined || sameCanonical(to, target))
}

function sameCanonical(a: string, b: string): boolean {
  const [one, other] = [splitCanonical(a), splitCanonical(b)]
  return one.url === other.url && (!one.version || !other.version || one.version === other.version)
}

function sameSystem(group: JsonObject, side: 'source' | 'target', system: string | undefined, version?: string) {
  if (system === undefined) return true
  const own = group[`${side}Version`]
  return group[side] === system && (version === undefined || own === undefined || own === version)
}

function forwards(map: JsonObject, group: JsonObject, asked: CodeToTranslate, options: TranslateOptions): Match[] {
  if (!sameSystem(group, 'source', asked.system, asked.version)) return []
  if (!sameSystem(group, 'target', options.targetSystem)) return []
  const element = objects(group['element']).find(({ code }) => code === asked.code)
  if (!element) return unmapped(map, group, asked)
  return objects(element['target'])
    .filter((target) => dependsOnly(target, options))
    .map((target) => matchOf(map, group, target, 'target'))
}

/** A target that depends on values holds only where they are given. */
function dependsOnly(target: JsonObject, { dependencies = [] }: TranslateOptions): boolean {
  return objects(target['dependsOn']).every(({ property, system, value }) =>
    dependencies.some(
      (given) =>
        given.property === property &&
        given.codings.some((one) => one['code'] === value && (system === undefined || one['system'] === system)),
    ),
  )
}

function matchOf(map: JsonObject, group: JsonObject, target: JsonObject, side: 'source' | 'target'): Match {
  const { code, display, equivalence } = target
  const [system, version] = [group[side], group[`${side}Version`]]
  return {
    equivalence: String(equivalence ?? 'relatedto'),
    concept: {
      ...(typeof system === 'string' && { system }),
      ...(typeof version === 'string' && { version }),
      ...(typeof code === 'string' && { code }),
      ...(typeof display === 'string' && { display }),
    },
    source: joinCanonical(String(map['url'] ?? ''), typeof map['version'] === 'string' ? map['version'] : undefined),
    products: objects(target['product']),
  }
}

/** https://hl7.org/fhir/R4/conceptmap-definitions.html#ConceptMap.group.unmapped */
function unmapped(map: JsonObject, group: JsonObject, asked: CodeToTranslate): Match[] {
  const rule = objects([group['unmapped'] ?? null])[0]
  if (!rule) return []
  const { mode, code, display, url } = rule
  if (mode === 'provided') return [matchOf(map, group, { code: asked.code, equivalence: 'equal' }, 'target')]
  if (mode === 'fixed' && typeof code === 'string') {
    return [
      matchOf(map, group, { code, ...(typeof display === 'string' && { display }), equivalence: 'inexact' }, 'target'),
    ]
  }
  return mode === 'other-map' ? [{ ...matchOf(map, group, {}, 'target'), otherMap: String(url) }] : []
}

/** Read from right to left, a wider meaning is a narrower one. */
const reversed: Readonly<Record<string, string>> = {
  wider: 'narrower',
  narrower: 'wider',
  subsumes: 'specializes',
  specializes: 'subsumes',
}

function backwards(map: JsonObject, group: JsonObject, asked: CodeToTranslate, options: TranslateOptions): Match[] {
  if (!sameSystem(group, 'target', asked.system, asked.version)) return []
  if (!sameSystem(group, 'source', options.targetSystem)) return []
  return objects(group['element']).flatMap((element) =>
    objects(element['target'])
      .filter((target) => target['code'] === asked.code && dependsOnly(target, options))
      .map((target): Match => {
        const equivalence = String(target['equivalence'] ?? 'relatedto')
        const match = matchOf(map, group, { ...element, equivalence: reversed[equivalence] ?? equivalence }, 'source')
        return { ...match, products: [] }
      }),
  )
}

/** Equivalences that say that there is no counterpart. */
export const noMatches: ReadonlySet<string> = new Set(['unmatched', 'disjoint'])
