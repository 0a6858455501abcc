/** The text of search expressions: alternatives, steps, casts. Quotes and parentheses keep together what they enclose. */

/** Whether an operator other than `|` and `as` joins the parts: such an expression is one computed value. */
export function isOperation(expression: string): boolean {
  return /[=<>~+*&/]|\s-\s|\s(?:and|or|xor|implies|is|in|contains|div|mod)\s/.test(outermost(expression))
}

/** The alternatives that `|` separates, without parentheses around them. */
export function alternativesOf(expression: string): string[] {
  const parts = splitTop(withoutParentheses(expression), '|')
  return parts.length === 1 ? parts : parts.flatMap(alternativesOf)
}

/** The steps of a path: `x as T` is `x.ofType(T)`, a step in parentheses a path, `extension('url')` a filtered member. */
export function stepsOf(path: string): string[] {
  return splitTop(castAsStep(path), '.').flatMap((step) => {
    const extension = /^extension\('([^']*)'\)$/.exec(step)
    if (extension) return ['extension', `where(url='${extension[1]}')`]
    const inner = withoutParentheses(step)
    // What does not become shorter is no path in parentheses: those are unbalanced, and the engine refuses them.
    return inner.length < step.length ? stepsOf(inner) : [step]
  })
}

function castAsStep(text: string): string {
  const plain = withoutParentheses(text)
  const cast = /^(.*\S)\s+as\s+(\w+)$/s.exec(plain)
  return cast ? `${castAsStep(cast[1]!)}.ofType(${cast[2]})` : plain
}

function withoutParentheses(text: string): string {
  const trimmed = text.trim()
  const enclosed = trimmed.startsWith('(') && outermost(trimmed).indexOf(')') === trimmed.length - 1
  return enclosed ? withoutParentheses(trimmed.slice(1, -1)) : trimmed
}

/** Splits at `separator` outside parentheses and quotes. */
function splitTop(text: string, separator: string): string[] {
  const plain = outermost(text)
  const parts: string[] = []
  let start = 0
  for (let at = plain.indexOf(separator); at >= 0; at = plain.indexOf(separator, start)) {
    parts.push(text.slice(start, at).trim())
    start = at + 1
  }
  return [...parts, text.slice(start).trim()]
}

const hidden = '\u0000'

/** The text with everything inside quotes and parentheses hidden; as long as before. */
function outermost(text: string): string {
  let plain = ''
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (quoted && char === '\\') {
      plain += hidden + hidden
      i++
      continue
    }
    const quote = char === "'"
    if (char === ')' && !quoted) depth--
    plain += depth > 0 || quoted || quote ? hidden : char
    if (quote) quoted = !quoted
    if (char === '(' && !quoted) depth++
  }
  return plain.slice(0, text.length)
}
