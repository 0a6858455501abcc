/** An expansion as a tree: each code below the nearest one above it that is in the expansion, too. */
import type { JsonObject } from '../json.ts'
import type { Entry } from './expand.ts'
import type { System } from './system.ts'

/** The roots; `shown` are the entries as they are shown, in the same order. */
export function nest(entries: readonly Entry[], shown: readonly JsonObject[]): JsonObject[] {
  const places = new Map<System, Map<number, JsonObject>>()
  entries.forEach(({ at: { system, number } }, i) => {
    if (!system || number === undefined) return
    const ofSystem = places.get(system) ?? new Map<number, JsonObject>()
    places.set(system, ofSystem.set(number, shown[i]!))
  })
  const roots: JsonObject[] = []
  entries.forEach(({ at: { system, number } }, i) => {
    const above = system && number !== undefined ? nearestAbove(number, system, places.get(system)!) : undefined
    if (!above) roots.push(shown[i]!)
    else {
      above['contains'] ??= []
      ;(above['contains'] as JsonObject[]).push(shown[i]!)
    }
  })
  return roots
}

function nearestAbove(
  number: number,
  system: System,
  present: ReadonlyMap<number, JsonObject>,
): JsonObject | undefined {
  const seen = new Set([number])
  for (const one of seen) {
    for (const parent of system.concept(one).parents) {
      // A circle in the hierarchy would make a tree that contains itself: only what comes before counts.
      if (parent >= number) continue
      const found = present.get(parent)
      if (found) return found
      seen.add(parent)
    }
  }
  return undefined
}
