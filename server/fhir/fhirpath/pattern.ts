/**
 * Reads the text of a regular expression into a tree. Only what a linear-time matcher can run is accepted:
 * look-around and back-references are refused by name. https://hl7.org/fhirpath/N1/#matchesregex--string--boolean
 */
import { ExpressionError } from './expression-error.ts'

export type CharacterTest = (codePoint: number) => boolean

export type Pattern =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'anchor'; readonly anchor: Anchor }
  | { readonly kind: 'sequence'; readonly items: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: Pattern }
  | {
      readonly kind: 'repeat'
      readonly body: Pattern
      readonly min: number
      readonly max: number
      readonly lazy: boolean
    }

export type Anchor = 'start' | 'end' | 'word' | 'not-word'

export interface ParsedPattern {
  readonly pattern: Pattern
  readonly groups: number
  readonly names: ReadonlyMap<string, number>
}

const maxLength = 2_000
const maxNesting = 50
const syntaxCharacters = '^$\\.*+?()[]{}|/'
const unsupportedGroups: readonly (readonly [string, string])[] = [
  ['(?=', 'look-ahead'],
  ['(?!', 'look-ahead'],
  ['(?<=', 'look-behind'],
  ['(?<!', 'look-behind'],
]

interface Reader {
  readonly source: string
  readonly flags: string
  readonly names: Map<string, number>
  at: number
  groups: number
  nesting: number
}

/** Parses a pattern; `ignoreCase` applies to its characters. Throws an ExpressionError that says what cannot be used. */
export function parsePattern(source: string, ignoreCase: boolean): ParsedPattern {
  if (source.length > maxLength)
    throw new ExpressionError(`the regular expression is longer than ${maxLength} characters`)
  const flags = ignoreCase ? 'usi' : 'us'
  const reader: Reader = { source, flags, names: new Map(), at: 0, groups: 0, nesting: 0 }
  const pattern = choice(reader)
  if (reader.at < source.length) throw new ExpressionError("the regular expression has a ')' without '('")
  return { pattern, groups: reader.groups, names: reader.names }
}

function choice(reader: Reader): Pattern {
  if (++reader.nesting > maxNesting) throw new ExpressionError('the regular expression is nested too deeply')
  const options = [sequence(reader)]
  while (reader.source[reader.at] === '|') {
    reader.at++
    options.push(sequence(reader))
  }
  reader.nesting--
  return options.length === 1 ? options[0]! : { kind: 'choice', options }
}

function sequence(reader: Reader): Pattern {
  const items: Pattern[] = []
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at]!)) items.push(quantified(reader))
  return { kind: 'sequence', items }
}

function quantified(reader: Reader): Pattern {
  const body = atom(reader)
  const quantifier = /[*+?]|\{(\d+)(?:(,)(\d*))?\}/y
  quantifier.lastIndex = reader.at
  const found = quantifier.exec(reader.source)
  if (!found) return body

  reader.at = quantifier.lastIndex
  const lazy = reader.source[reader.at] === '?'
  if (lazy) reader.at++
  const [min, max] = bounds(found)
  if (min > max) throw new ExpressionError(`the quantifier '${found[0]}' has its bounds in the wrong order`)
  return { kind: 'repeat', body, min, max, lazy }
}

function bounds([text, low, comma, high]: RegExpExecArray): [number, number] {
  if (text === '*') return [0, Infinity]
  if (text === '+') return [1, Infinity]
  if (text === '?') return [0, 1]
  return [Number(low), comma === undefined ? Number(low) : high ? Number(high) : Infinity]
}

function atom(reader: Reader): Pattern {
  const character = String.fromCodePoint(reader.source.codePointAt(reader.at)!)
  if ('*+?'.includes(character)) throw new ExpressionError(`the quantifier '${character}' has nothing to repeat`)
  if (character === '(') return group(reader)
  if (character === '[') return characterClass(reader)
  if (character === '\\') return escaped(reader)

  reader.at += character.length
  if (character === '^') return { kind: 'anchor', anchor: 'start' }
  if (character === '$') return { kind: 'anchor', anchor: 'end' }
  if (character === '.') return { kind: 'character', test: () => true }
  return literal(character, reader)
}

function group(reader: Reader): Pattern {
  const refused = unsupportedGroups.find(([start]) => reader.source.startsWith(start, reader.at))
  if (refused) throw new ExpressionError(`regular expressions with ${refused[1]} are not supported`)
  const opening = /\((?:\?:|\?<([A-Za-z_]\w*)>)?/y
  opening.lastIndex = reader.at
  const [start, name] = opening.exec(reader.source)!
  reader.at += start.length
  const index = start === '(?:' ? undefined : ++reader.groups
  if (name !== undefined) reader.names.set(name, index!)

  const body = choice(reader)
  if (reader.source[reader.at] !== ')') throw new ExpressionError("the regular expression has a '(' without ')'")
  reader.at++
  return index === undefined ? body : { kind: 'group', index, body }
}

/** The class is tested by the platform, one character at a time: that cannot take long, whatever is in it. */
function characterClass(reader: Reader): Pattern {
  const whole = /\[(?:\\[\s\S]|[^\]\\])*\]/y
  whole.lastIndex = reader.at
  const found = whole.exec(reader.source)
  if (!found) throw new ExpressionError("the regular expression has a '[' without ']'")
  reader.at = whole.lastIndex
  // Unicode mode refuses `\@` and `\_`, which published invariants contain.
  const text = found[0].replace(/\\([\s\S])/g, (whole, character: string) =>
    /[A-Za-z0-9]/.test(character) || `${syntaxCharacters}-`.includes(character) ? whole : character,
  )
  return native(text, reader)
}

function escaped(reader: Reader): Pattern {
  const escapes = /\\(?:[pP]\{[\w=]+\}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|u\{[\da-fA-F]+\}|c[A-Za-z]|[\s\S])/uy
  escapes.lastIndex = reader.at
  const found = escapes.exec(reader.source)?.[0]
  if (found === undefined) throw new ExpressionError("the regular expression ends with '\\'")
  reader.at = escapes.lastIndex

  if (found === '\\b') return { kind: 'anchor', anchor: 'word' }
  if (found === '\\B') return { kind: 'anchor', anchor: 'not-word' }
  if (/^\\[1-9k]/.test(found)) throw new ExpressionError('regular expressions with back-references are not supported')
  return /^\\[A-Za-z0-9]/.test(found) ? native(found, reader) : literal(found.slice(1), reader)
}

function literal(character: string, reader: Reader): Pattern {
  if (reader.flags.includes('i')) {
    return native(syntaxCharacters.includes(character) ? `\\${character}` : character, reader)
  }
  const expected = character.codePointAt(0)
  return { kind: 'character', test: (codePoint) => codePoint === expected }
}

function native(source: string, reader: Reader): Pattern {
  const single = singleCharacter(source, reader.flags)
  const known = new Map<number, boolean>()
  const test = (codePoint: number) => {
    let answer = known.get(codePoint)
    if (answer === undefined) {
      answer = single.test(String.fromCodePoint(codePoint))
      known.set(codePoint, answer)
    }
    return answer
  }
  return { kind: 'character', test }
}

function singleCharacter(source: string, flags: string): RegExp {
  try {
    return new RegExp(`^${source}$`, flags)
  } catch {
    throw new ExpressionError(`'${source}' cannot be used in a regular expression`)
  }
}
