/**
 * SQL as values: the only way SQL is composed. Values become parameters; only constants of this code become text.
 */

export interface Sql {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
}

/** What the driver takes: text with `$1…` and the values. */
export interface Statement {
  readonly text: string
  readonly values: unknown[]
}

/** A statement or part of one. A `Sql` inside is spliced in, every other value is a parameter. */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  const texts = [strings[0]!]
  const parameters: unknown[] = []
  values.forEach((value, i) => {
    const after = strings[i + 1]!
    if (isSql(value)) {
      texts.push(texts.pop()! + value.strings[0])
      for (let k = 1; k < value.strings.length; k++) texts.push(value.strings[k]!)
      parameters.push(...value.values)
      texts.push(texts.pop()! + after)
    } else {
      parameters.push(value)
      texts.push(after)
    }
  })
  return { strings: texts, values: parameters }
}

/** Text that is a constant of this program, such as a table's name; never anything that came from outside. */
export function raw(text: string): Sql {
  return { strings: [text], values: [] }
}

/** An identifier that is built from a known name: lower case letters, digits and `_` only. */
export function identifier(name: string): Sql {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`not an identifier: ${name}`)
  return raw(name)
}

export function join(parts: readonly Sql[], separator: string): Sql {
  const strings = ['']
  const values: unknown[] = []
  parts.forEach((part, i) => {
    strings[strings.length - 1] += (i > 0 ? separator : '') + part.strings[0]
    for (let k = 1; k < part.strings.length; k++) strings.push(part.strings[k]!)
    values.push(...part.values)
  })
  return { strings, values }
}

/** Conditions that must all hold; `true` when there are none. */
export function all(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return raw('true')
  return conditions.length === 1 ? conditions[0]! : sql`(${join(conditions, ' and ')})`
}

/** Conditions of which one must hold; `false` when there are none. */
export function any(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return raw('false')
  return conditions.length === 1 ? conditions[0]! : sql`(${join(conditions, ' or ')})`
}

export function statement(query: Sql): Statement {
  let text = query.strings[0]!
  for (let i = 1; i < query.strings.length; i++) text += `$${i}${query.strings[i]}`
  return { text, values: query.values as unknown[] }
}

function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && 'strings' in value && 'values' in value
}
