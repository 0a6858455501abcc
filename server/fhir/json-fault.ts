/**
 * Where a text stops being JSON. `JSON.parse` tells the place of some faults only; this runs once it is known that there
 * is one. https://www.rfc-editor.org/rfc/rfc8259
 */

/** What may come next; at the beginning of a list or object that may also be its end. */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'end of value'

interface Step {
  readonly at: number
  readonly expected: Expected
}

/** Lists and objects that are not closed yet. */
type Open = ('[' | '{')[]

/** The next step, or the index of the fault. */
type Rule = (json: string, at: number, open: Open) => Step | number

/** Index of the first character that cannot be part of JSON; the length of the text where it ends too early. */
export function faultPosition(json: string): number {
  const open: Open = []
  let step: Step | number = { at: 0, expected: 'value' }
  while (typeof step === 'object') step = rules[step.expected](json, after(space, json, step.at), open)
  return step
}

const rules: Readonly<Record<Expected, Rule>> = {
  value,
  'value or ]': (json, at, open) => (json[at] === ']' ? close(at, open) : value(json, at, open)),
  key,
  'key or }': (json, at, open) => (json[at] === '}' ? close(at, open) : key(json, at)),
  'end of value': endOfValue,
}

function value(json: string, at: number, open: Open): Step | number {
  const char = json[at]
  if (char === '[' || char === '{') {
    open.push(char)
    return { at: at + 1, expected: char === '[' ? 'value or ]' : 'key or }' }
  }
  const end = char === '"' ? afterText(json, at) : after(scalar, json, at)
  return end === at ? at : { at: end, expected: 'end of value' }
}

function key(json: string, at: number): Step | number {
  const end = json[at] === '"' ? afterText(json, at) : at
  if (end === at) return at
  const colon = after(space, json, end)
  return json[colon] === ':' ? { at: colon + 1, expected: 'value' } : colon
}

function endOfValue(json: string, at: number, open: Open): Step | number {
  const inside = open.at(-1)
  if (inside !== undefined && json[at] === ',') return { at: at + 1, expected: inside === '[' ? 'value' : 'key' }
  return inside !== undefined && json[at] === closing[inside] ? close(at, open) : at
}

function close(at: number, open: Open): Step {
  open.pop()
  return { at: at + 1, expected: 'end of value' }
}

const closing = { '[': ']', '{': '}' } as const

const space = /[ \t\n\r]*/y
const textPart = /[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** Part by part: one pattern for all of a text of megabytes would run out of stack. */
function afterText(json: string, at: number): number {
  let end = at + 1
  for (let next = after(textPart, json, end); next > end; next = after(textPart, json, end)) end = next
  return json[end] === '"' ? end + 1 : at
}

/** Where the match that begins at `at` ends; `at` where there is none. */
function after(pattern: RegExp, json: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(json) ? pattern.lastIndex : at
}
