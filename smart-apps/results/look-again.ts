/** Looks again and again whether there is something new, while somebody is there to see it. */

export interface Looking {
  /** Somebody is there: looks often again. */
  touch(): void
  stop(): void
}

export interface LookingOptions {
  /** Throws where it fails: the next look comes later. */
  readonly look: () => Promise<void>
  readonly isSeen: () => boolean
  readonly now: () => number
  readonly setTimer: (callback: () => void, milliseconds: number) => unknown
  readonly clearTimer: (timer: unknown) => void
}

/** Milliseconds between looks: what is released shows within two seconds. */
const often = 1500
/** Milliseconds without a touch after which looks are seldom. */
const idle = 10 * 60_000
const seldom = 15_000
const longest = 5 * 60_000

export function lookAgain({ look, isSeen, now, setTimer, clearTimer }: LookingOptions): Looking {
  let touched = now()
  let failures = 0
  let isStopped = false
  let timer: unknown
  const plan = () => {
    if (isStopped) return
    clearTimer(timer)
    const pace = now() - touched < idle ? often : seldom
    timer = setTimer(turn, Math.min(longest, pace * 2 ** failures))
  }
  const turn = async () => {
    if (isSeen()) {
      try {
        await look()
        failures = 0
      } catch {
        failures += 1
      }
    }
    plan()
  }
  plan()
  return {
    touch: () => {
      const wasIdle = now() - touched >= idle
      touched = now()
      if (wasIdle) plan()
    },
    stop: () => {
      isStopped = true
      clearTimer(timer)
    },
  }
}
