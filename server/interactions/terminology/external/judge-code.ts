/** Asks an external terminology server whether a code is valid. */
import type { Context } from '../../../context.ts'
import type { JsonObject } from '../../../fhir/json.ts'
import { objects } from '../../../fhir/terminology/code-table.ts'
import { splitCanonical } from '../../../fhir/terminology/facts.ts'
import type { SharedValueSet } from '../../../fhir/terminology/resources-around.ts'
import type { CodeQuestion, CodeVerdict } from '../../../fhir/terminology/terminology.ts'
import { askServer } from './ask.ts'
import { type Question, simple } from './question.ts'
import { valueIn } from './read-reply.ts'
import { hintOf, type Reply, saying } from './reply.ts'

type Code = Pick<CodeQuestion, 'system' | 'version' | 'code' | 'display'>

/** https://hl7.org/fhir/R4/codesystem-operation-validate-code.html; `more`: further parameters. */
export function codeInSystem({ system, version, code, display }: Code, more: readonly JsonObject[] = []): Question {
  const parameters = [
    ...simple('url', 'Uri', system),
    ...simple('code', 'Code', code),
    ...simple('version', 'String', version),
    ...simple('display', 'String', display),
    ...more,
  ]
  return { operation: 'CodeSystem/$validate-code', parameters }
}

/** https://hl7.org/fhir/R4/valueset-operation-validate-code.html */
export function codeInValueSet(shared: SharedValueSet, asked: Code, more: readonly JsonObject[] = []): Question {
  const { system, version, code, display } = asked
  const infers = system === undefined && more.every(({ name }) => name !== 'inferSystem')
  const parameters = [
    ...valueSetParameters(shared),
    ...simple('code', 'Code', code),
    ...simple('system', 'Uri', system),
    ...simple('systemVersion', 'String', version),
    ...simple('display', 'String', display),
    ...simple('inferSystem', 'Boolean', infers ? true : undefined),
    ...more,
  ]
  return { operation: 'ValueSet/$validate-code', parameters }
}

/** The value set that an operation is about. */
export function valueSetParameters(shared: SharedValueSet): readonly JsonObject[] {
  if ('valueSet' in shared) {
    return [
      { name: 'valueSet', resource: shared.valueSet },
      ...shared.others.map((resource) => ({ name: 'tx-resource', resource })),
    ]
  }
  // Expressions in such URLs have bars, too.
  const { url, version } = shared.canonical.includes('?fhir_vs')
    ? { url: shared.canonical }
    : splitCanonical(shared.canonical)
  return [...simple('url', 'Uri', url), ...simple('valueSetVersion', 'String', version)]
}

/** What a reply says of a code; `hint`: why nothing. */
export type Judgement =
  | { readonly valid: boolean; readonly message?: string; readonly answer: JsonObject }
  | { readonly valid: undefined; readonly hint?: string }

export function judgementOf(reply: Reply | undefined): Judgement {
  if (reply?.kind !== 'answered') {
    const hint = hintOf(reply)
    return { valid: undefined, ...(hint !== undefined && { hint }) }
  }
  const answer = reply.resource
  const valid = valueIn(answer, 'result', 'Boolean') === true
  const text = valueIn(answer, 'message', 'String')
  const message = typeof text === 'string' ? text : undefined
  if (!valid && isUnknownThere(answer)) {
    return { valid: undefined, ...(message !== undefined && { hint: saying(message) }) }
  }
  return { valid, ...(message !== undefined && { message }), answer }
}

/** Whoever does not know the system says so beside the result; that is no verdict. */
function isUnknownThere(answer: JsonObject): boolean {
  return objects(answer['parameter']).some(({ name, resource }) => {
    if (name === 'x-caused-by-unknown-system' || name === 'x-unknown-system') return true
    const issues = name === 'issues' ? objects((resource as JsonObject | undefined)?.['issue']) : []
    return issues.some(({ code }) => code === 'not-found')
  })
}

/** Its verdict for validation, or why there is none. */
export async function askVerdict(
  context: Context,
  question: CodeQuestion,
  shared: SharedValueSet | undefined,
): Promise<{ readonly verdict?: CodeVerdict; readonly hint?: string }> {
  // What names no system can be asked about only as one of a value set's codes.
  if (question.system === '' || (question.system === undefined && !shared)) return {}
  const ask = async (asked: Code) =>
    judgementOf(await askServer(context, shared ? codeInValueSet(shared, asked) : codeInSystem(asked)))
  const found = await ask(question)
  if (found.valid === undefined) return found
  const { valid, message } = found
  const told = { systemKnown: true, ...(message !== undefined && { message }) }
  if (valid) return { verdict: { ...told, result: 'in', codeKnown: true } }
  const { display, ...code } = question
  const isDisplayWrong = display !== undefined && (await ask(code)).valid === true
  if (isDisplayWrong) return { verdict: { ...told, result: 'in', codeKnown: true, displayOk: false } }
  return { verdict: { ...told, result: 'out', ...(!shared && { codeKnown: false }) } }
}
