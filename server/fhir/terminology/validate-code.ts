/**
 * Whether a code is in a value set, and its display right.
 * https://hl7.org/fhir/R4/valueset-operation-validate-code.html, https://hl7.org/fhir/R4/codesystem-operation-validate-code.html
 */
import type { JsonObject } from '../json.ts'
import { type Part, partsByCanonical, partsOf } from './compose.ts'
import { displayFor, textsIn } from './displays.ts'
import { type Facts, joinCanonical } from './facts.ts'
import { holds, isCode, type Judged, judged, listedIn } from './members.ts'
import { sameVersion } from './newest.ts'
import { hasNumber } from './ranges.ts'
import { mapAll } from './system.ts'
import type { CodeVerdict } from './terminology.ts'

export interface CodeToCheck {
  readonly system?: string
  readonly version?: string
  readonly code: string
  readonly display?: string
}

export interface CheckOptions {
  /** `false`: concepts that only group others are refused. */
  readonly abstract?: boolean
  readonly activeOnly?: boolean
  readonly displayLanguage?: string
  /** Where the code has no system, that of the value set is taken. */
  readonly inferSystem?: boolean
}

export interface CodeAnswer extends CodeVerdict {
  readonly system?: string
  readonly version?: string
  readonly code: string
  readonly display?: string
  readonly inactive?: boolean
  /** The code system that would have to be known to tell. */
  readonly unknownSystem?: string
}

/** A value set by its canonical, or itself. */
export function checkInValueSet(
  valueSet: string | JsonObject,
  code: CodeToCheck,
  facts: Facts,
  options: CheckOptions = {},
): CodeAnswer {
  const parts = typeof valueSet === 'string' ? partsByCanonical(valueSet, facts) : partsOf(valueSet, facts)
  const name = typeof valueSet === 'string' ? valueSet : String(valueSet['url'] ?? 'that was sent')
  return checkInParts(parts, name, code, facts, options)
}

/** A code of a code system; `in` means that the system has it. */
export function checkInSystem(code: CodeToCheck & { system: string }, facts: Facts, options: CheckOptions = {}) {
  const part: Part = {
    system: code.system,
    ...(code.version !== undefined && { version: code.version }),
    expression: { kind: 'all' },
  }
  return checkInParts([part], undefined, code, facts, options)
}

function checkInParts(
  parts: readonly Part[],
  valueSet: string | undefined,
  asked: CodeToCheck,
  facts: Facts,
  options: CheckOptions,
): CodeAnswer {
  const { system } = asked
  const candidates =
    system === undefined
      ? options.inferSystem === true
        ? parts
        : []
      : parts.filter((part) => part.system === system && sameVersion(asked.version, part.version))
  const results = mapAll(candidates, (part) => {
    const at = judged(asked.code, part.system, part.version ?? asked.version, facts)
    return { part, at, result: holds(part, at, facts) }
  })
  const found = results.find(({ result }) => result === true)
  if (found) return confirm(found.part, found.at, asked, facts, options)
  const open = results.find(({ result }) => result === undefined)
  if (open) return undecided(open.part, asked)
  return refuse(parts, valueSet, asked, facts)
}

/** The code is there: what else is to be said of it. */
function confirm(part: Part, at: Judged, asked: CodeToCheck, facts: Facts, options: CheckOptions): CodeAnswer {
  const { system, number } = at
  const version = system?.version ?? part.version
  const texts = textsIn(part, at, facts)
  const display = displayFor(texts, options.displayLanguage, system?.language) ?? at.grammar?.display?.(at.code)
  const inactive = number !== undefined && hasNumber(system!.inactive(), number)
  const isAbstract = number !== undefined && hasNumber(system!.abstract(), number)
  const answer = {
    system: part.system,
    ...(version !== undefined && { version }),
    code: at.code,
    ...(display !== undefined && { display }),
    ...(inactive && { inactive }),
    systemKnown: system !== undefined || at.grammar !== undefined,
    codeKnown: isCode(at) === true,
  }
  const name = `'${asked.code}' of ${part.system}`
  // A code that the value set names itself is meant, whatever the system says of it.
  if (options.abstract === false && isAbstract && !(part.listed && listedIn(part.listed, at))) {
    return {
      ...answer,
      result: 'out',
      message: `The code ${name} is abstract: it groups others and is no value itself.`,
    }
  }
  if (options.activeOnly && inactive)
    return { ...answer, result: 'out', message: `The code ${name} is not in use any more.` }
  if (asked.display === undefined) return { ...answer, result: 'in' }
  // Without any text for the code nobody can tell.
  const all = [display, ...texts.displays, ...texts.designations.map(({ value }) => value)].flatMap(
    (text) => text ?? [],
  )
  const displayOk = all.length === 0 || all.some((text) => sameText(text, asked.display!))
  if (displayOk) return { ...answer, result: 'in', displayOk }
  const message = `The display '${asked.display}' is not one of ${name}${display === undefined ? '' : `; '${display}' is`}.`
  return { ...answer, result: 'in', displayOk, message }
}

/** Without regard to case and to how much space there is. */
function sameText(a: string, b: string): boolean {
  return folded(a) === folded(b)
}

function folded(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase().normalize()
}

function undecided(part: Part, { code, system = part.system, version }: CodeToCheck): CodeAnswer {
  const unknownSystem = joinCanonical(part.system, part.version ?? version)
  const message = `Whether '${code}' belongs here cannot be told: the code system ${unknownSystem} is not known here in full.`
  return { result: 'unknown', system, code, message, systemKnown: false, unknownSystem }
}

function refuse(parts: readonly Part[], valueSet: string | undefined, asked: CodeToCheck, facts: Facts): CodeAnswer {
  const { system, code, version } = asked
  if (!system) {
    const message = `The code '${code}' has no system, and the value set ${valueSet} has no such code of its own.`
    return { result: 'out', code, message }
  }
  const at = judged(code, system, version, facts)
  const known = isCode(at)
  const systemKnown = at.system !== undefined || at.grammar !== undefined
  const answer = { result: 'out' as const, system, code, systemKnown, ...(known !== undefined && { codeKnown: known }) }
  if (known === false) return { ...answer, message: `The code system ${system} has no code '${code}'.` }
  const where = valueSet === undefined ? 'here' : `in the value set ${valueSet}`
  const other = parts.some((part) => part.system === system) ? '' : ' It has no codes of that system.'
  return { ...answer, message: `The code '${code}' of ${system} is not ${where}.${other}` }
}
