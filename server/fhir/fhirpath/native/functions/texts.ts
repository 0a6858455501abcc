/** https://hl7.org/fhirpath/N1/#string-manipulation */
import { spendFor } from '../budget.ts'
import type { Call, CompileCall } from '../compiled.ts'
import { argument, booleanType, integerType, ofInput, stringType } from '../compiled.ts'
import type { Functions } from '../functions.ts'
import { textPattern } from '../patterns.ts'
import type { Types } from '../types.ts'
import type { Scope, Value } from '../values.ts'
import { collected, fault, itemsOf, numberOf, plain, textOf } from '../values.ts'

/** A function of the input as text. */
function ofText(types: Types, compute: (text: string, scope: Scope) => Value): CompileCall {
  return ofInput(types, (value, scope) => {
    const text = textOf(value)
    if (text === undefined) return undefined
    spendFor(scope.environment.spend, text.length)
    return compute(text, scope)
  })
}

/** A function of the input and the arguments, all texts; empty where one of them is. */
function ofTexts(types: Types, compute: (texts: readonly string[], scope: Scope) => Value): CompileCall {
  return (call) => {
    const parts = [call.input, ...call.args.map((_, index) => argument(call, index))]
    return {
      types,
      run: (self, scope) => {
        const texts: string[] = []
        for (const part of parts) {
          const text = textOf(part.run(self, scope))
          if (text === undefined) return undefined
          spendFor(scope.environment.spend, text.length)
          texts.push(text)
        }
        return compute(texts, scope)
      },
    }
  }
}

/** The most frequent of these take a literal. */
function withText(types: Types, compute: (text: string, other: string) => Value): CompileCall {
  return (call) => {
    const { run } = call.input
    const other = argument(call, 0)
    return {
      types,
      run: (self, scope) => {
        const text = textOf(run(self, scope))
        if (text === undefined) return undefined
        spendFor(scope.environment.spend, text.length)
        const second = textOf(other.run(self, scope))
        return second === undefined ? undefined : compute(text, second)
      },
    }
  }
}

function matches(whole: boolean): CompileCall {
  return ofTexts(booleanType, ([text, pattern, flags], scope) => {
    const source = whole ? `^(?:${pattern})$` : pattern!
    return textPattern(source, flags).test(text!, scope.environment.spend)
  })
}

const substring: CompileCall = (call: Call) => {
  const { run } = call.input
  const from = argument(call, 0)
  const length = call.args.length > 1 ? argument(call, 1) : undefined
  return {
    types: stringType,
    run: (self, scope) => {
      const text = textOf(run(self, scope))
      const start = numberOf(from.run(self, scope))
      if (text === undefined || start === undefined || start < 0 || start >= text.length) return undefined
      const count = length ? numberOf(length.run(self, scope)) : undefined
      return text.slice(start, count === undefined ? undefined : start + Math.max(0, count))
    },
  }
}

function replaced([text, pattern, substitution]: readonly string[], { environment: { spend } }: Scope): string {
  const parts = text!.split(pattern!)
  spendFor(spend, text!.length + (parts.length + 1) * substitution!.length)
  if (pattern !== '') return parts.join(substitution)
  return text === '' ? substitution! : substitution! + parts.join(substitution) + substitution!
}

const join: CompileCall = (call) => {
  const { run } = call.input
  const separator = call.args.length > 0 ? argument(call, 0) : undefined
  return {
    types: stringType,
    run: (self, scope) => {
      const between = separator ? (textOf(separator.run(self, scope)) ?? '') : ''
      const texts = itemsOf(run(self, scope)).flatMap((item) => plain(item) ?? [])
      spendFor(scope.environment.spend, texts.length)
      if (texts.some((text) => typeof text !== 'string')) throw fault
      if (texts.length === 0) return undefined
      const length = texts.reduce<number>((sum, text) => sum + String(text).length + between.length, 0)
      spendFor(scope.environment.spend, length)
      return texts.join(between)
    },
  }
}

/** Functions of texts. */
export const textFunctions: Functions = {
  'length/0': ofText(integerType, (text) => text.length),
  'upper/0': ofText(stringType, (text) => text.toUpperCase()),
  'lower/0': ofText(stringType, (text) => text.toLowerCase()),
  'trim/0': ofText(stringType, (text) => text.trim()),
  'toChars/0': ofText(stringType, (text, scope) => {
    spendFor(scope.environment.spend, 16 * text.length)
    return collected(Array.from(text))
  }),
  'startsWith/1': withText(booleanType, (text, start) => text.startsWith(start)),
  'endsWith/1': withText(booleanType, (text, end) => text.endsWith(end)),
  'contains/1': withText(booleanType, (text, part) => text.includes(part)),
  'indexOf/1': withText(integerType, (text, part) => text.indexOf(part)),
  'lastIndexOf/1': withText(integerType, (text, part) => text.lastIndexOf(part)),
  'substring/1': substring,
  'substring/2': substring,
  'matches/1': matches(false),
  'matches/2': matches(false),
  'matchesFull/1': matches(true),
  'matchesFull/2': matches(true),
  'replace/2': ofTexts(stringType, replaced),
  'replaceMatches/2': ofTexts(stringType, ([text, pattern, substitution], scope) => {
    if (pattern === '') return text
    return textPattern(pattern!).replace(text!, substitution!, scope.environment.spend)
  }),
  'split/1': ofTexts(stringType, ([text, separator], scope) => {
    const parts = text!.split(separator!)
    spendFor(scope.environment.spend, 16 * parts.length)
    return collected(parts)
  }),
  'join/0': join,
  'join/1': join,
}
