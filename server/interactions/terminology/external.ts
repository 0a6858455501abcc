/** Asks an external terminology server for what is not loaded here. */
import type { Context } from '../../context.ts'
import { isJsonObject, type JsonObject, parseStored } from '../../fhir/json.ts'
import { parameterList } from '../../fhir/parameters.ts'
import { objects } from '../../fhir/terminology/code-table.ts'
import type { CodeQuestion, CodeVerdict } from '../../fhir/terminology/terminology.ts'

/** Milliseconds that a request waits for it, and that an answer is kept; one that did not come, shorter. */
const limits = { wait: 5000, keep: 3_600_000, keepFailure: 30_000, bytes: 20_000_000 }

/** Its verdict on a code; undefined where there is no such server, or where it does not know either. */
export async function askExternal(context: Context, question: CodeQuestion): Promise<CodeVerdict | undefined> {
  const { valueSet, system, code, display, version } = question
  const parameters: Record<string, string | undefined> = {
    url: valueSet,
    code,
    system,
    display,
    systemVersion: version,
    ...(system === undefined && { inferSystem: 'true' }),
  }
  const reply = await callExternal(context, 'ValueSet/$validate-code', parameters)
  if (reply?.['resourceType'] !== 'Parameters') return undefined
  const value = (name: string) => parameterList(reply).find((parameter) => parameter['name'] === name)
  const result = value('result')?.['valueBoolean']
  if (typeof result !== 'boolean') return undefined
  const message = value('message')?.['valueString']
  // Whoever does not know the system says so in an issue; that is no verdict.
  const issues = objects((value('issues')?.['resource'] as JsonObject | undefined)?.['issue'])
  if (!result && issues.some((issue) => issue['code'] === 'not-found')) return undefined
  return { result: result ? 'in' : 'out', ...(typeof message === 'string' && { message }), systemKnown: true }
}

/** The reply of an operation; undefined where no server is set, or where it does not answer in time. */
export async function callExternal(
  { config, terminologyCache, now }: Context,
  operation: string,
  parameters: Readonly<Record<string, string | undefined>>,
): Promise<JsonObject | undefined> {
  if (config.txServer === undefined) return undefined
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const url = `${config.txServer}/${operation}?${new URLSearchParams(given)}`
  const known = terminologyCache.external.get(url)
  if (known && known.until > now()) return known.reply
  const reply = await request(url)
  terminologyCache.external.set(url, { reply, until: now() + (reply ? limits.keep : limits.keepFailure) })
  return reply
}

async function request(url: string): Promise<JsonObject | undefined> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/fhir+json' },
      signal: AbortSignal.timeout(limits.wait),
      redirect: 'error',
    })
    const text = await response.text()
    if (response.status >= 500 || text.length > limits.bytes) return undefined
    const body = parseStored(text)
    return isJsonObject(body) ? body : undefined
  } catch {
    return undefined
  }
}
