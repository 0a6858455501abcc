/** What changed when a result was corrected: by a new version of it, or by sending it again. */
import type { Result } from './result.ts'

export interface Correction {
  /** The result that counts. */
  readonly reference: string
  /** What was said before, newest first. */
  readonly earlier: readonly Result[]
}

export interface Corrected {
  /** Without those that others replace. */
  readonly results: readonly Result[]
  readonly corrections: readonly Correction[]
}

/**
 * Laboratories send a corrected result under another id, too: of results of one analyte from one specimen for one order the
 * latest counts. `versions`: earlier ones of corrected results by reference, newest first, where they are known.
 */
export function settleCorrections(
  results: readonly Result[],
  versions: ReadonlyMap<string, readonly Result[]> = new Map(),
): Corrected {
  const groups = [...Map.groupBy(results, sameFinding).values()]
  const settled = groups.flatMap(settle)
  const corrections = settled.flatMap(({ result, replaced }) => {
    const earlier = [...(versions.get(result.reference) ?? []).filter((one) => differs(one, result)), ...replaced]
    return earlier.length === 0 ? [] : [{ reference: result.reference, earlier }]
  })
  return { results: settled.map(({ result }) => result), corrections }
}

function sameFinding({ reference, analyte, collected, order, encounter, state }: Result): string {
  const isBound = collected !== undefined && (order !== undefined || encounter !== undefined)
  return isBound && state !== 'cancelled' ? `${analyte} ${collected} ${order} ${encounter}` : reference
}

interface Settled {
  readonly result: Result
  readonly replaced: readonly Result[]
}

/** Measurements of one moment that nobody has corrected stand beside each other. */
function settle(group: readonly Result[]): readonly Settled[] {
  const [newest, ...older] = group.toSorted((a, b) => (b.issued ?? '').localeCompare(a.issued ?? ''))
  const isReplaced = ({ state }: Result) => newest!.state === 'corrected' || state === 'preliminary'
  const others = older.filter((one) => !isReplaced(one)).map((result) => ({ result, replaced: [] }))
  return [{ result: newest!, replaced: older.filter(isReplaced) }, ...others]
}

function differs(a: Result, b: Result): boolean {
  const shown = ({ value, flag, ranges, notes, state }: Result) => JSON.stringify([value, flag, ranges, notes, state])
  return shown(a) !== shown(b)
}
