/**
 * Reads the text of a FHIRPath expression before the library does: caps its size, refuses what the library would answer
 * wrongly or not at all, and rewrites the two forms that FHIR uses and the library cannot run.
 * https://hl7.org/fhirpath/N1/ and https://hl7.org/fhir/R4/fhirpath.html
 */
import { ExpressionError } from './expression-error.ts'

export interface PreparedExpression {
  /** The text to compile. */
  readonly text: string
  /** Names used as `%name`, less those that the expression defines itself. */
  readonly variables: readonly string[]
}

interface Token {
  readonly kind: 'space' | 'string' | 'quoted' | 'name' | 'literal' | 'symbol'
  readonly text: string
}

/** A bracket that is open: a call of `name`, or plain parentheses, an index or braces. */
interface Frame {
  readonly close: string
  readonly name?: string
  commas: number
  empty: boolean
}

const maxLength = 4_096
const maxTokens = 1_000
const maxDepth = 50
const maxUnit = 64

const operatorWords = new Set(['and', 'or', 'xor', 'implies', 'div', 'mod', 'in', 'contains', 'is', 'as'])
const tighterThanAs = new Set(['+', '-', '*', '/', '&', 'div', 'mod', 'is'])
const looserThanAs = new Set('| = ~ != !~ < > <= >= , and or xor implies in contains'.split(' '))
/** Words that the grammar keeps for itself, although elements are named so: `Narrative.div`. */
const keywords = new Set(['and', 'or', 'xor', 'implies', 'div', 'mod', 'true', 'false'])
const datePrecisions = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond']
for (const precision of datePrecisions) keywords.add(precision).add(`${precision}s`)

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * Every function with the numbers of arguments it takes. The library prints to the console and answers "empty" for a
 * wrong number, and calls whatever a name finds, `constructor` included.
 */
const arities = new Map(
  Object.entries({
    0: `abs allFalse allTrue anyFalse anyTrue avg ceiling children convertsToBoolean convertsToDate convertsToDateTime
      convertsToDecimal convertsToInteger convertsToLong convertsToQuantity convertsToString convertsToTime count dateOf
      dayOf descendants distinct empty exists exp first floor getValue hasValue highBoundary hourOf htmlChecks
      isDistinct join last length ln lowBoundary lower max millisecondOf min minuteOf monthOf not now resolve round
      secondOf single sort sqrt sum tail timeOf timeOfDay timezoneOffsetOf toBoolean toChars toDate toDateTime toDecimal
      toInteger toLong toQuantity toString toTime today trim truncate type upper yearOf`,
    1: `aggregate all as coalesce combine comparable contains decode defineVariable encode endsWith escape exclude exists
      extension highBoundary indexOf intersect is join lastIndexOf log lowBoundary matches matchesFull ofType power
      repeat round select skip sort split startsWith subsetOf substring supersetOf take toQuantity trace unescape union
      where`,
    2: `aggregate coalesce defineVariable iif matches matchesFull replace replaceMatches sort substring trace`,
    3: 'coalesce iif sort',
  }).flatMap(([count, names]) => names.split(/\s+/).map((name) => [`${name}/${count}`, true] as const)),
)
const functionNames = new Set([...arities.keys()].map((key) => key.slice(0, key.indexOf('/'))))
const unsupported = new Map([
  ['memberOf', 'memberOf() needs a terminology service'],
  ['conformsTo', 'conformsTo() needs a validator'],
  ['subsumes', 'subsumes() needs a terminology service'],
  ['subsumedBy', 'subsumedBy() needs a terminology service'],
])

/** Checks an expression and rewrites it for the library; throws an ExpressionError that says what cannot be used. */
export function prepareExpression(expression: string): PreparedExpression {
  if (expression.trim() === '') throw new ExpressionError('the expression is empty')
  if (expression.length > maxLength) throw new ExpressionError(`the expression is longer than ${maxLength} characters`)
  const tokens = tokenize(expression)
  const significant = tokens.filter((token) => token.kind !== 'space')
  if (significant.length > maxTokens) throw new ExpressionError(`the expression has more than ${maxTokens} parts`)

  checkBrackets(significant)
  significant.forEach((token, i) => {
    checkToken(token, significant[i - 1])
  })
  return { text: rewrite(tokens), variables: variables(significant) }
}

/** `Patient.name` and `given` of `Patient.name.given`; undefined where the expression does not end in a plain name. */
export function splitLastName(expression: string): { parent: string; name: string } | undefined {
  const tokens = tokenize(expression)
  const significant = tokens.filter((token) => token.kind !== 'space')
  const [last, dot] = [significant.at(-1), significant.at(-2)]
  if (!last || (last.kind !== 'name' && last.kind !== 'quoted')) return undefined
  const name = last.kind === 'quoted' ? last.text.slice(1, -1) : last.text
  if (!dot) return { parent: '$this', name }
  if (dot.text !== '.') return undefined
  const end = tokens.lastIndexOf(dot)
  return {
    parent: tokens
      .slice(0, end)
      .map((token) => token.text)
      .join(''),
    name,
  }
}

function tokenize(expression: string): Token[] {
  const pattern =
    /(?<space>\s+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:\\[\s\S]|[^\\'])*')|(?<quoted>`(?:\\[\s\S]|[^\\`])*`)|(?<name>[A-Za-z_]\w*)|(?<literal>@[\dT:.Z+-]*|\d+(?:\.\d+)?L?)|(?<symbol><=|>=|!=|!~|[\s\S])/gy
  return Array.from(expression.matchAll(pattern), (match) => {
    const [kind, text] = Object.entries(match.groups!).find(([, value]) => value !== undefined)!
    return { kind: kind as Token['kind'], text }
  })
}

/** Follows the brackets: how deep they are, what they call and with how many arguments. */
function checkBrackets(tokens: readonly Token[]): void {
  const open: Frame[] = []
  let signs = 0
  tokens.forEach((token, i) => {
    signs = '+-'.includes(token.text) ? signs + 1 : 0
    const frame = open.at(-1)
    if (frame && token.text === frame.close && token.kind === 'symbol') {
      checkCall(open.pop()!)
      return
    }
    if (frame) frame.empty = false
    if (frame && token.text === ',') frame.commas++
    const close = token.kind === 'symbol' && closing[token.text]
    if (close) {
      const name = token.text === '(' ? calledName(tokens, i) : undefined
      if (token.text === '{' && tokens[i + 1]?.text !== '}') throw new ExpressionError('objects cannot be made here')
      open.push({ close, commas: 0, empty: true, ...(name !== undefined && { name }) })
    }
    if (open.length + signs > maxDepth) {
      throw new ExpressionError(`the expression is nested deeper than ${maxDepth} levels`)
    }
  })
}

/** The function whose arguments open at `i`: `(a or (b))` calls nothing, `a.contains(b)` calls `contains`. */
function calledName(tokens: readonly Token[], i: number): string | undefined {
  const name = tokens[i - 1]
  if (name?.kind === 'quoted') return name.text.slice(1, -1)
  if (name?.kind !== 'name') return undefined
  return operatorWords.has(name.text) && endsOperand(tokens[i - 2]) ? undefined : name.text
}

function checkCall({ name, commas, empty }: Frame): void {
  if (name === undefined) return
  const reason = unsupported.get(name)
  if (reason) throw new ExpressionError(reason)
  if (!functionNames.has(name)) throw new ExpressionError(`there is no function ${name}()`)
  const count = empty ? 0 : commas + 1
  const variadic = count > 3 && (name === 'coalesce' || name === 'sort')
  if (!variadic && !arities.has(`${name}/${count}`))
    throw new ExpressionError(`${name}() does not take ${count} arguments`)
}

/** True where an operator may follow: the token ends a value. A name after a dot is an element, whatever it is. */
function endsOperand(token: Token | undefined): boolean {
  return token !== undefined && (token.kind !== 'symbol' || [')', ']', '}'].includes(token.text))
}

function checkToken(token: Token, before: Token | undefined): void {
  // Every JavaScript object has these; no FHIR element is named so.
  const name = token.kind === 'quoted' ? token.text.slice(1, -1) : token.text
  if ((token.kind === 'name' || token.kind === 'quoted') && name in Object.prototype && name !== 'toString') {
    throw new ExpressionError(`'${name}' is not an element`)
  }
  const isUnit = token.kind === 'string' && before?.kind === 'literal'
  if (isUnit && token.text.length > maxUnit) throw new ExpressionError('the unit of a quantity is too long')
}

function variables(tokens: readonly Token[]): string[] {
  const used = new Set<string>()
  const defined = new Set<string>()
  tokens.forEach((token, i) => {
    const [before, beforeThat] = [tokens[i - 1], tokens[i - 2]]
    if (before?.text === '%') used.add(unquote(token))
    if (before?.text === '(' && beforeThat?.text === 'defineVariable') defined.add(unquote(token))
  })
  return [...used].filter((name) => !defined.has(name))
}

function unquote({ kind, text }: Token): string {
  return kind === 'string' || kind === 'quoted' ? text.slice(1, -1) : text
}

/** `.div` becomes a quoted name; `x as T` and `x.as(T)` become `x.ofType(T)`, which a collection may be given to. */
function rewrite(tokens: readonly Token[]): string {
  const output = tokens.map((token) => token.text)
  const positions = tokens.flatMap((token, i) => (token.kind === 'space' ? [] : [i]))
  const at = (i: number) => tokens[positions[i] ?? -1]
  positions.forEach((position, i) => {
    const { kind, text } = tokens[position]!
    if (kind !== 'name') return
    const afterDot = at(i - 1)?.text === '.'
    if (afterDot && keywords.has(text) && at(i + 1)?.text !== '(') output[position] = `\`${text}\``
    if (text !== 'as') return
    if (afterDot && at(i + 1)?.text === '(') output[position] = 'ofType'
    else if (!afterDot && endsOperand(at(i - 1)) && takesCollection(at, i)) {
      const end = endOfType(at, i + 1)
      output[position] = '.ofType('
      output[positions[end]!] += ')'
    }
  })
  return output.join('')
}

/** Arithmetic binds tighter than `as` and yields one value anyway: `a + b as T` is left alone, as is `a is T as U`. */
function takesCollection(at: (i: number) => Token | undefined, operator: number): boolean {
  let depth = 0
  for (let i = operator - 1; i >= 0; i--) {
    const { kind, text } = at(i)!
    if (kind === 'symbol' && [')', ']', '}'].includes(text)) depth++
    else if (kind === 'symbol' && closing[text] && --depth < 0) return true
    if (depth > 0 || at(i - 1)?.text === '.') continue
    if (tighterThanAs.has(text)) return false
    if (looserThanAs.has(text)) return true
  }
  return true
}

/** Types may be written with their namespace: `FHIR.Patient`. */
function endOfType(at: (i: number) => Token | undefined, start: number): number {
  return /^`?(FHIR|System)`?$/.test(at(start)?.text ?? '') && at(start + 1)?.text === '.' ? start + 2 : start
}
