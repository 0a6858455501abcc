/** The words of a FHIRPath expression. https://hl7.org/fhirpath/N1/#lexical-elements */
import { ExpressionError } from '../expression-error.ts'

/** A word of an expression. */
export interface Token {
  readonly kind: 'name' | 'quoted' | 'string' | 'number' | 'moment' | 'variable' | 'special' | 'symbol' | 'end'
  /** Without quotes, escapes and the sign that tells the kind. */
  readonly text: string
}

const maxLength = 20_000
const maxTokens = 4_000

const words = [
  String.raw`(?<space>\s+|//[^\r\n]*|/\*[\s\S]*?\*/)`,
  String.raw`'(?<string>(?:\\[\s\S]|[^\\'])*)'`,
  String.raw`%(?<variable>\w+|${'`'}[^${'`'}]*${'`'}|'[^']*')`,
  String.raw`${'`'}(?<quoted>(?:\\[\s\S]|[^\\${'`'}])*)${'`'}`,
  String.raw`\$(?<special>this|index|total)\b`,
  String.raw`(?<name>[A-Za-z_]\w*)`,
  String.raw`@(?<moment>T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?|\d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)`,
  String.raw`(?<number>\d+(?:\.\d+)?)(?!\w)`,
  String.raw`(?<symbol><=|>=|!=|!~|[.,()[\]{}+\-*/&|<>=~])`,
]

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', f: '\f' }

/** The words of an expression, with one at the end that is no word. Throws an ExpressionError for what is none. */
export function tokenize(expression: string): readonly Token[] {
  if (expression.length > maxLength) throw new ExpressionError(`the expression is longer than ${maxLength} characters`)
  const pattern = new RegExp(words.join('|'), 'y')
  const tokens: Token[] = []
  while (pattern.lastIndex < expression.length) {
    const groups = pattern.exec(expression)?.groups
    if (!groups) throw new ExpressionError('the expression has a character that belongs to no word')
    const [kind, text] = Object.entries(groups).find(([, found]) => found !== undefined)!
    if (kind !== 'space') tokens.push({ kind: kind as Token['kind'], text: meant(kind, text) })
    if (tokens.length > maxTokens) throw new ExpressionError(`the expression has more than ${maxTokens} parts`)
  }
  tokens.push({ kind: 'end', text: '' })
  return tokens
}

function meant(kind: string, text: string): string {
  if (kind === 'string' || kind === 'quoted') return unescaped(text)
  return kind === 'variable' && !/\w/.test(text[0]!) ? text.slice(1, -1) : text
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u([\da-fA-F]{4})|([\s\S]))/g, (_whole, code?: string, character?: string) =>
    code === undefined ? (escapes[character!] ?? character!) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
