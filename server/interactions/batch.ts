/** A batch: entries that do not depend on each other. https://hl7.org/fhir/R4/http.html#transaction */
import type { Context } from '../context.ts'
import { maxBundleText, tooMuchText } from '../fhir/bundle.ts'
import type { JsonObject } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { FhirReply, FhirRequest } from '../fhir/request.ts'
import { bundleEntries, type EntryOptions, errorInEntry, readEntry } from '../fhir/transaction/entry.ts'
import { bundlePreference, type EntryReply, responseBundle } from '../fhir/transaction/respond.ts'

/** Entries that are carried out at once: more would take the connections that other requests need. */
const atOnce = 4

export async function batch(bundle: JsonObject, request: FhirRequest, context: Context): Promise<FhirReply> {
  const { prefer } = request.headers
  const entries = bundleEntries(bundle)
  const { definitions, base, config } = context
  const options: EntryOptions = { definitions, base, prefer, conditionalDelete: config.conditionalDelete }
  const replies: EntryReply[] = new Array(entries.length)
  let next = 0
  let length = 0
  const work = async () => {
    while (next < entries.length) {
      const index = next++
      const reply = await answered(index, context, () =>
        context.dispatch(readEntry(entries[index]!, index, options).request, context),
      )
      const added = 'content' in reply ? (reply.content?.length ?? 0) : 0
      const fits = length + added <= maxBundleText
      if (fits) length += added
      replies[index] = fits ? reply : withoutContent(reply as FhirReply)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { status: 200, content: responseBundle('batch-response', replies, bundlePreference(prefer)) }
}

/** A reply that does not fit into the answer any more: what was read is refused, what was written has been told. */
function withoutContent({ content: _content, ...reply }: FhirReply): EntryReply {
  if (reply.preferable) return reply
  const { status, issues } = tooMuchText('Send this entry in another batch.')
  return { status, issues }
}

/** The outcome of an entry that fails, if only by a bug: what other entries have done is told all the same. */
async function answered(index: number, context: Context, carryOut: () => Promise<FhirReply>): Promise<EntryReply> {
  try {
    return await carryOut()
  } catch (error) {
    const outcome =
      error instanceof OutcomeError ? error : new OutcomeError('internal', { id: context.reportBug(error) })
    const { status, issues } = errorInEntry(outcome, index) as OutcomeError
    return { status, issues }
  }
}
