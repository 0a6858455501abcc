/** Walks the properties of one object by the table of its type. https://hl7.org/fhir/R4/json.html */
import type { ElementDefinition } from '../definitions.ts'
import { jsonName } from '../definitions.ts'
import type { JsonObject } from '../json.ts'
import { maxDepth } from '../json.ts'
import { didYouMean } from '../nearest.ts'
import type { TypeTable, Walk } from './walk.ts'
import { isFull, quoted, report } from './walk.ts'

/** Checks an object at the walk's path. `idSuffices` where something else carries its content. */
export function checkElements(walk: Walk, table: TypeTable, object: JsonObject, idSuffices: boolean): void {
  // What the reader refuses as too deep must not come in by another way.
  if (walk.depth >= maxDepth) {
    report(walk, 'too-deep', { limit: maxDepth })
    return
  }

  let seen = 0
  let twice = 0
  let content = 0
  let keys = 0
  for (const key in object) {
    keys++
    const rule = table.rules.get(key)
    if (rule === undefined) {
      content++
      reportUnknown(walk, table, key)
      if (isFull(walk)) return
      continue
    }
    twice |= seen & rule.bit
    seen |= rule.bit
    content += rule.content
    rule.check(walk, object[key]!, object)
  }

  if (content === 0 && !(idSuffices && keys > 0)) {
    reportEmpty(walk)
    return
  }
  if ((table.requiredBits & ~seen) !== 0) reportMissing(walk, table, seen)
  if ((table.choiceBits & twice) !== 0) reportChoices(walk, table, object, twice)
  table.together?.(walk, object, seen)
}

/** Reports the element at the walk's path as empty. */
function reportEmpty(walk: Walk): void {
  const element = walk.path.slice(0, walk.depth).findLast((segment) => typeof segment === 'string')
  report(walk, 'empty-value', { element: element ?? walk.root })
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/

/** A name that is no FHIRPath identifier is not put into the expression. */
function reportUnknown(walk: Walk, table: TypeTable, key: string): void {
  if (isFull(walk)) return
  const candidates = [...table.rules.keys()].filter((name) => (name[0] === '_') === (key[0] === '_'))
  const params = { element: quoted(key), type: table.name, nearest: didYouMean(key, candidates) }
  report(walk, 'unknown-element', params, ...(identifier.test(key) ? [key] : []))
}

function reportMissing(walk: Walk, table: TypeTable, seen: number): void {
  table.counted.forEach((element, position) => {
    const bit = 1 << position
    if ((table.requiredBits & ~seen & bit) === 0) return
    report(walk, 'missing-element', { element: element.choice ? `${element.name}[x]` : element.name }, element.name)
  })
}

/** `valueString` and `_valueString` are one choice; `valueString` and `_valueBoolean` are two. */
function reportChoices(walk: Walk, table: TypeTable, object: JsonObject, twice: number): void {
  table.counted.forEach((element, position) => {
    if ((table.choiceBits & twice & (1 << position)) === 0) return
    const names = presentChoices(element, object)
    if (names.length > 1) report(walk, 'several-choices', { names: names.join(', ') }, element.name)
  })
}

function presentChoices(element: ElementDefinition, object: JsonObject): string[] {
  const names = element.types.map((type) => jsonName(element, type))
  return names.filter((name) => Object.hasOwn(object, name) || Object.hasOwn(object, `_${name}`))
}
