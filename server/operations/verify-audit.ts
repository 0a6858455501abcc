/** Whether the audit trail is what was written; defined in profiles/operation-definitions/verify-audit.json. */
import type { Context } from '../context.ts'
import type { JsonObject } from '../fhir/json.ts'
import { checkParameterNames, parametersResource, textParameter } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { verifyAudit } from '../interactions/audit/verify.ts'
import type { OperationCall } from './operation.ts'

export async function verifyAuditOperation({ parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, ['head'])
  const report = await verifyAudit(context, textParameter(parameters, 'head'))
  const problems = report.examples.map(
    ({ check, reference, detail }): JsonObject => ({
      name: 'problem',
      part: [
        { name: 'check', valueCode: check },
        { name: 'reference', valueString: reference },
        { name: 'detail', valueString: detail },
      ],
    }),
  )
  const answer = parametersResource([
    { name: 'result', valueBoolean: report.problems === 0 },
    { name: 'events', valueInteger: report.events },
    { name: 'segments', valueInteger: report.segments },
    { name: 'problems', valueInteger: report.problems },
    { name: 'head', valueString: report.head },
    ...problems,
  ])
  return { status: 200, content: JSON.stringify(answer) }
}
