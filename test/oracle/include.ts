/** Resources that come along with the matches. https://hl7.org/fhir/R4/search.html#include */
import { RefusedSearch } from './query.ts'
import { referencedKeys, referenceParameter, referenceParameters } from './reach.ts'
import type { World } from './world.ts'
import { remember } from './world.ts'

export interface IncludeRule {
  readonly reverse: boolean
  readonly iterate: boolean
  /** The type that refers, or `*`. */
  readonly source: string
  /** A parameter of the source, or `*`. */
  readonly code: string
  /** The only type to include, or `` for all. */
  readonly target: string
}

const names: Readonly<Record<string, Pick<IncludeRule, 'reverse' | 'iterate'>>> = {
  _include: { reverse: false, iterate: false },
  '_include:iterate': { reverse: false, iterate: true },
  _revinclude: { reverse: true, iterate: false },
  '_revinclude:iterate': { reverse: true, iterate: true },
}

/** The rule of an `_include` or `_revinclude`; undefined if the parameter is neither. */
export function parseInclude(name: string, value: string): IncludeRule | undefined {
  const kind = names[name]
  if (!kind) return undefined
  if (value === '*') return { ...kind, source: '*', code: '*', target: '' }
  const [source = '', code = '', target = '', ...more] = value.split(':')
  if (code === '' || more.length > 0) throw new RefusedSearch(`'${value}' is not Type:parameter:Type`)
  return { ...kind, source, code, target }
}

/** The keys of all resources that the rules add to the matches. */
export function included(world: World, matches: readonly string[], rules: readonly IncludeRule[]): string[] {
  const found = new Set(matches)
  let frontier = [...found]
  let active = rules
  while (frontier.length > 0 && active.length > 0) {
    const next = new Set<string>()
    for (const rule of active) for (const key of follow(world, rule, frontier)) if (!found.has(key)) next.add(key)
    for (const key of next) found.add(key)
    frontier = [...next]
    active = rules.filter((rule) => rule.iterate)
  }
  return [...found].slice(new Set(matches).size)
}

/** One step of a rule from some resources. */
function follow(world: World, rule: IncludeRule, keys: readonly string[]): string[] {
  const sources = rule.source === '*' ? world.types : [rule.source]
  return sources.flatMap((source) => {
    const codes = rule.code === '*' ? referenceParameters(world, source).map(({ code }) => code) : [rule.code]
    return codes.flatMap((code) => {
      const links = linksOf(world, source, code)
      const direction = rule.reverse ? links.backward : links.forward
      const reached = keys.filter((key) => isTarget(rule.reverse ? rule.target : '', key))
      const ends = reached.flatMap((key) => direction.get(key) ?? [])
      return ends.filter((key) => isTarget(rule.reverse ? '' : rule.target, key))
    })
  })
}

interface Links {
  readonly forward: ReadonlyMap<string, readonly string[]>
  readonly backward: ReadonlyMap<string, readonly string[]>
}

/** Who refers to whom by a parameter. */
function linksOf(world: World, source: string, code: string): Links {
  const population = world.population(source)
  return remember(population.memory, `links ${code}`, () => {
    const forward = new Map<string, readonly string[]>()
    const backward = new Map<string, string[]>()
    referencedKeys(world, population, referenceParameter(world, source, code)).forEach((targets, i) => {
      const key = population.members[i]!.key
      if (targets.length > 0) forward.set(key, targets)
      for (const target of targets) {
        const sources = backward.get(target)
        if (sources) sources.push(key)
        else backward.set(target, [key])
      }
    })
    return { forward, backward }
  })
}

function isTarget(type: string, key: string): boolean {
  return type === '' || key.startsWith(`${type}/`)
}
