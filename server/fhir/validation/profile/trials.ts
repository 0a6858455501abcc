/**
 * Whether resources conform to profiles that their neighbours want of them. They may refer to each other in circles: what
 * is still being looked at is taken to conform, and all that relied on it is looked at again where that turns out wrong.
 */
import type { JsonObject } from '../../json.ts'
import type { Profile } from './element-tree.ts'

type ByProfile<T> = Map<object, Map<Profile, T>>

/** What one visit has found out, shared with all that it tries. */
export interface Trials {
  /** Never changes any more. */
  readonly settled: ByProfile<boolean>
  /** Holds unless something that it relied on does not. */
  readonly assumed: ByProfile<{ isRelied: boolean }>
  /** Something did not hold that others had relied on. */
  isWrong: boolean
  depth: number
}

export function createTrials(): Trials {
  return { settled: new Map(), assumed: new Map(), isWrong: false, depth: 0 }
}

/** Whether an object conforms; `run` looks at it. It is asked again only where that can make a difference. */
export function conformsBy(trials: Trials, object: JsonObject, profile: Profile, run: () => boolean): boolean {
  for (;;) {
    const known = trials.settled.get(object)?.get(profile)
    if (known !== undefined) return known
    const open = trials.assumed.get(object)?.get(profile)
    if (open) {
      open.isRelied = true
      return true
    }
    const conforms = attempt(trials, object, profile, run)
    if (trials.depth > 0) return conforms
    if (!trials.isWrong) settleAll(trials)
    trials.assumed.clear()
    trials.isWrong = false
  }
}

function attempt(trials: Trials, object: JsonObject, profile: Profile, run: () => boolean): boolean {
  const assumption = { isRelied: false }
  put(trials.assumed, object, profile, assumption)
  trials.depth++
  const conforms = run()
  trials.depth--
  if (!conforms) {
    // What fails though all that it relies on is taken to hold fails in any case.
    trials.assumed.get(object)?.delete(profile)
    put(trials.settled, object, profile, false)
    trials.isWrong ||= assumption.isRelied
  }
  return conforms
}

function settleAll({ assumed, settled }: Trials): void {
  for (const [object, profiles] of assumed) {
    for (const profile of profiles.keys()) put(settled, object, profile, true)
  }
}

/** Keeps what has been found out about a resource. */
export function put<T>(map: ByProfile<T>, object: object, profile: Profile, value: T): void {
  const profiles = map.get(object)
  if (profiles) profiles.set(profile, value)
  else map.set(object, new Map([[profile, value]]))
}
