/** The syntax tree of a FHIRPath expression, by operator precedence. https://hl7.org/fhirpath/N1/#operator-precedence */
import { ExpressionError } from '../expression-error.ts'
import type { Token } from './tokens.ts'
import { tokenize } from './tokens.ts'

/** The type of a literal is that of FHIRPath itself, without `System.`. */
export type Syntax =
  | { readonly kind: 'literal'; readonly type: string; readonly text: string; readonly unit?: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'special'; readonly name: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** Without a target: of `$this`. */
  | { readonly kind: 'member'; readonly target?: Syntax; readonly name: string }
  | { readonly kind: 'call'; readonly target?: Syntax; readonly name: string; readonly args: readonly Syntax[] }
  | { readonly kind: 'item'; readonly target: Syntax; readonly index: Syntax }
  | { readonly kind: 'sign'; readonly sign: string; readonly operand: Syntax }
  | { readonly kind: 'type'; readonly operator: 'is' | 'as'; readonly operand: Syntax; readonly type: string }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Syntax; readonly right: Syntax }

interface Reader {
  readonly tokens: readonly Token[]
  at: number
  depth: number
}

const maxDepth = 120

const precedence = new Map(
  [
    ['implies'],
    ['or', 'xor'],
    ['and'],
    ['in', 'contains'],
    ['=', '~', '!=', '!~'],
    ['<', '>', '<=', '>='],
    ['|'],
    ['is', 'as'],
    ['+', '-', '&'],
    ['*', '/', 'div', 'mod'],
  ].flatMap((operators, level) => operators.map((operator) => [operator, level + 1] as const)),
)
const signPrecedence = 11

/** Units of time stand without quotes. */
const calendarUnit = /^(?:year|month|week|day|hour|minute|second|millisecond)s?$/

/** Parses an expression; throws an ExpressionError for one that is none. */
export function parse(expression: string): Syntax {
  const reader: Reader = { tokens: tokenize(expression), at: 0, depth: 0 }
  const syntax = operation(reader, 1)
  if (peek(reader).kind !== 'end') throw new ExpressionError(`'${peek(reader).text}' is not expected there`)
  return syntax
}

function operation(reader: Reader, lowest: number): Syntax {
  if (++reader.depth > maxDepth) throw new ExpressionError(`the expression is nested deeper than ${maxDepth} levels`)
  let left = operand(reader)
  let length = 0
  for (let level = levelOf(peek(reader)); level >= lowest; level = levelOf(peek(reader))) {
    if (++length > maxDepth * 2) throw new ExpressionError('the expression has too many operators in a row')
    const operator = next(reader).text
    left =
      operator === 'is' || operator === 'as'
        ? { kind: 'type', operator, operand: left, type: typeName(reader) }
        : { kind: 'binary', operator, left, right: operation(reader, level + 1) }
  }
  reader.depth--
  return left
}

function levelOf(token: Token): number {
  return token.kind === 'symbol' || token.kind === 'name' ? (precedence.get(token.text) ?? 0) : 0
}

function operand(reader: Reader): Syntax {
  const token = peek(reader)
  if (token.kind === 'symbol' && (token.text === '-' || token.text === '+')) {
    next(reader)
    return { kind: 'sign', sign: token.text, operand: operation(reader, signPrecedence) }
  }
  let syntax = term(reader)
  for (let steps = 0; isSymbol(peek(reader), '.') || isSymbol(peek(reader), '['); steps++) {
    if (steps > maxDepth * 2) throw new ExpressionError('the expression has too many steps in a row')
    if (next(reader).text === '.') syntax = invocation(reader, syntax)
    else {
      syntax = { kind: 'item', target: syntax, index: operation(reader, 1) }
      expect(reader, ']')
    }
  }
  return syntax
}

function term(reader: Reader): Syntax {
  const { kind, text } = peek(reader)
  if (kind === 'name' && (text === 'true' || text === 'false')) return literal(reader, 'Boolean')
  if (kind === 'name' || kind === 'quoted') return invocation(reader)
  if (kind === 'string') return literal(reader, 'String')
  if (kind === 'moment') return literal(reader, momentType(text))
  if (kind === 'number') return numeric(reader)
  if (kind === 'special' || kind === 'variable') {
    next(reader)
    return { kind, name: text }
  }
  return bracketed(reader)
}

function bracketed(reader: Reader): Syntax {
  const { text } = next(reader)
  if (text === '{') {
    expect(reader, '}')
    return { kind: 'empty' }
  }
  if (text !== '(')
    throw new ExpressionError(text ? `'${text}' is not expected there` : 'the expression is not complete')
  const syntax = operation(reader, 1)
  expect(reader, ')')
  return syntax
}

function invocation(reader: Reader, target?: Syntax): Syntax {
  const { kind, text: name } = next(reader)
  // `$this` may be written as a step as well.
  if (kind === 'special' && name === 'this' && target) return target
  if (kind !== 'name' && kind !== 'quoted') throw new ExpressionError('a name is expected after a dot')
  const of = target && { target }
  return isSymbol(peek(reader), '(')
    ? { kind: 'call', ...of, name, args: argumentList(reader) }
    : { kind: 'member', ...of, name }
}

function argumentList(reader: Reader): readonly Syntax[] {
  const args: Syntax[] = []
  next(reader)
  while (!isSymbol(peek(reader), ')')) {
    if (args.length > 0) expect(reader, ',')
    args.push(operation(reader, 1))
  }
  next(reader)
  return args
}

function literal(reader: Reader, type: string): Syntax {
  return { kind: 'literal', type, text: next(reader).text }
}

function numeric(reader: Reader): Syntax {
  const { text } = next(reader)
  const { kind, text: unit } = peek(reader)
  if (kind !== 'string' && !(kind === 'name' && calendarUnit.test(unit))) {
    return { kind: 'literal', type: text.includes('.') ? 'Decimal' : 'Integer', text }
  }
  next(reader)
  return { kind: 'literal', type: 'Quantity', text, unit: kind === 'name' ? unit.replace(/s$/, '') : unit }
}

function momentType(text: string): string {
  if (text.startsWith('T')) return 'Time'
  return text.includes('T') ? 'DateTime' : 'Date'
}

/** `Quantity`, `FHIR.Quantity`, `System.Quantity`. */
function typeName(reader: Reader): string {
  const names = [nameText(reader)]
  while (isSymbol(peek(reader), '.') && /^(FHIR|System)$/.test(names[0]!)) {
    next(reader)
    names.push(nameText(reader))
  }
  return names.join('.')
}

function nameText(reader: Reader): string {
  const { kind, text } = next(reader)
  if (kind !== 'name' && kind !== 'quoted') throw new ExpressionError("'is' and 'as' are followed by a type")
  return text
}

function expect(reader: Reader, symbol: string): void {
  if (!isSymbol(next(reader), symbol)) throw new ExpressionError(`'${symbol}' is missing`)
}

function isSymbol({ kind, text }: Token, symbol: string): boolean {
  return kind === 'symbol' && text === symbol
}

function peek(reader: Reader): Token {
  return reader.tokens[reader.at]!
}

function next(reader: Reader): Token {
  const token = peek(reader)
  if (token.kind !== 'end') reader.at++
  return token
}
