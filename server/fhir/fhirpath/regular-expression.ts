/**
 * Regular expressions from outside, in time proportional to pattern × text: all ways to match advance together
 * (Thompson's construction with Pike's threads), so that no pattern can make the process try exponentially many.
 * https://hl7.org/fhirpath/N1/#matchesregex--string--boolean
 */
import { ExpressionError } from './expression-error.ts'
import type { Anchor, CharacterTest, ParsedPattern, Pattern } from './pattern.ts'
import { parsePattern } from './pattern.ts'

export interface RegularExpression {
  readonly program: readonly Instruction[]
  readonly names: ReadonlyMap<string, number>
  readonly multiline: boolean
}

type Instruction =
  | { readonly op: 'character'; readonly test: CharacterTest }
  | { readonly op: 'anchor'; readonly anchor: Anchor }
  | { readonly op: 'save'; readonly slot: number }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'match' }

/** Called with the number of steps taken; throws to stop. */
export type Spend = (steps: number) => void

interface Thread {
  readonly at: number
  readonly slots: readonly (number | undefined)[]
}

const maxInstructions = 5_000

/** Compiles a pattern with the FHIRPath flags `i` and `m`; `.` matches line ends too. Throws an ExpressionError with a reason. */
export function compileRegularExpression(source: string, flags = ''): RegularExpression {
  if (/[^im]/.test(flags)) throw new ExpressionError("the flags of a regular expression are 'i' and 'm'")
  const parsed: ParsedPattern = parsePattern(source, flags.includes('i'))
  const output: Output = { program: [], calls: 0 }
  emit({ kind: 'group', index: 0, body: parsed.pattern }, output)
  output.program.push({ op: 'match' })
  return { program: output.program, names: parsed.names, multiline: flags.includes('m') }
}

/** True where the pattern matches some part of the text. */
export function test(expression: RegularExpression, text: string, spend: Spend): boolean {
  return search(expression, text, 0, spend) !== undefined
}

/** Replaces every match; the substitution may name groups as `$1`, `$<name>` and `$&`, and `$$` is a dollar. */
export function replace(expression: RegularExpression, text: string, substitution: string, spend: Spend): string {
  const parts: string[] = []
  let from = 0
  let copied = 0
  while (from <= text.length) {
    const slots = search(expression, text, from, spend)
    if (!slots) break
    const [start, end] = [slots[0]!, slots[1]!]
    const replacement = substitute(substitution, text, slots, expression.names)
    parts.push(text.slice(copied, start), replacement)
    spend(1 + replacement.length)
    copied = end
    from = end > start ? end : end + width(text, end)
  }
  return parts.join('') + text.slice(copied)
}

/** The leftmost match from `from` on, as pairs of start and end per group, group 0 being the whole. */
function search(
  expression: RegularExpression,
  text: string,
  from: number,
  spend: Spend,
): readonly (number | undefined)[] | undefined {
  const { program } = expression
  const seen = new Uint32Array(program.length)
  let generation = 1
  let current: Thread[] = []
  let matched: Thread['slots'] | undefined
  for (let at = from; ; at += width(text, at)) {
    if (!matched) spend(follow(expression, { at: 0, slots: [] }, { text, at, list: current, seen, generation }))
    if (current.length === 0 && matched) return matched

    const codePoint = text.codePointAt(at)
    const next: Thread[] = []
    let steps = current.length
    generation++
    for (const thread of current) {
      const instruction = program[thread.at]!
      if (instruction.op === 'match') {
        matched = thread.slots
        break
      }
      if (codePoint === undefined || instruction.op !== 'character' || !instruction.test(codePoint)) continue
      const place = { text, at: at + width(text, at), list: next, seen, generation }
      steps += follow(expression, { at: thread.at + 1, slots: thread.slots }, place)
    }
    spend(steps)
    if (codePoint === undefined) return matched
    current = next
  }
}

interface Place {
  readonly text: string
  readonly at: number
  readonly list: Thread[]
  readonly seen: Uint32Array
  readonly generation: number
}

/** Adds the thread and all it reaches without a character, those of higher priority first; returns the steps taken. */
function follow({ program, multiline }: RegularExpression, start: Thread, place: Place): number {
  const pending: Thread[] = [start]
  let steps = 0
  for (let thread = pending.pop(); thread; thread = pending.pop()) {
    steps++
    if (place.seen[thread.at] === place.generation) continue
    place.seen[thread.at] = place.generation
    const { at, slots } = thread
    const instruction = program[at]!
    if (instruction.op === 'jump') pending.push({ at: instruction.to, slots })
    else if (instruction.op === 'split')
      pending.push({ at: instruction.second, slots }, { at: instruction.first, slots })
    else if (instruction.op === 'save') pending.push({ at: at + 1, slots: withSlot(slots, instruction.slot, place.at) })
    else if (instruction.op !== 'anchor') place.list.push(thread)
    else if (holds(instruction.anchor, place.text, place.at, multiline)) pending.push({ at: at + 1, slots })
  }
  return steps
}

function withSlot(slots: Thread['slots'], slot: number, at: number): (number | undefined)[] {
  const copy = slots.slice()
  copy[slot] = at
  return copy
}

function holds(anchor: Anchor, text: string, at: number, multiline: boolean): boolean {
  if (anchor === 'start') return at === 0 || (multiline && isLineEnd(text[at - 1]))
  if (anchor === 'end') return at === text.length || (multiline && isLineEnd(text[at]))
  return (isWord(text[at - 1]) !== isWord(text[at])) === (anchor === 'word')
}

function isLineEnd(character: string | undefined): boolean {
  return character !== undefined && /[\n\r\u2028\u2029]/.test(character)
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /\w/.test(character)
}

interface Output {
  readonly program: Instruction[]
  /** Repetitions of nothing write no instruction, but take time all the same. */
  calls: number
}

function emit(pattern: Pattern, output: Output): void {
  if (++output.calls > 4 * maxInstructions || output.program.length > maxInstructions) {
    throw new ExpressionError('the regular expression is too large')
  }
  const { program } = output
  if (pattern.kind === 'character') program.push({ op: 'character', test: pattern.test })
  else if (pattern.kind === 'anchor') program.push({ op: 'anchor', anchor: pattern.anchor })
  else if (pattern.kind === 'sequence') for (const item of pattern.items) emit(item, output)
  else if (pattern.kind === 'choice') emitChoice(pattern.options, output)
  else if (pattern.kind === 'repeat') emitRepeat(pattern, output)
  else {
    program.push({ op: 'save', slot: pattern.index * 2 })
    emit(pattern.body, output)
    program.push({ op: 'save', slot: pattern.index * 2 + 1 })
  }
}

function emitChoice(options: readonly Pattern[], output: Output): void {
  const { program } = output
  const jumps: { op: 'jump'; to: number }[] = []
  options.forEach((option, i) => {
    const split = { op: 'split' as const, first: program.length + 1, second: 0 }
    const last = i === options.length - 1
    if (!last) program.push(split)
    emit(option, output)
    if (last) return
    const jump = { op: 'jump' as const, to: 0 }
    program.push(jump)
    jumps.push(jump)
    split.second = program.length
  })
  for (const jump of jumps) jump.to = program.length
}

function emitRepeat({ body, min, max, lazy }: Extract<Pattern, { kind: 'repeat' }>, output: Output): void {
  const { program } = output
  for (let i = 0; i < min; i++) emit(body, output)
  const splits: { op: 'split'; first: number; second: number }[] = []
  const loop = max === Infinity
  for (let i = min; i < (loop ? min + 1 : max); i++) {
    const split = { op: 'split' as const, first: 0, second: 0 }
    const start = program.push(split)
    splits.push(split)
    emit(body, output)
    if (loop) program.push({ op: 'jump', to: start - 1 })
    if (lazy) split.second = start
    else split.first = start
  }
  for (const split of splits) {
    if (lazy) split.first = program.length
    else split.second = program.length
  }
}

function substitute(
  substitution: string,
  text: string,
  slots: Thread['slots'],
  names: ReadonlyMap<string, number>,
): string {
  const groupText = (group: number) => text.slice(slots[group * 2] ?? 0, slots[group * 2 + 1] ?? 0)
  return substitution.replace(/\$(?:(\$)|(&)|(\d{1,2})|<(\w+)>)/g, (whole, dollar, all, digits, name) => {
    if (dollar) return '$'
    if (all) return groupText(0)
    const group = digits ? Number(digits) : names.get(name)
    return group === undefined ? whole : groupText(group)
  })
}

function width(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}
