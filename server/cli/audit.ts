/** `candela audit verify`: checks the chain of AuditEvents. */
import { loadConfig } from '../config-file.ts'
import { type AuditReport, verifyAudit } from '../interactions/audit/verify.ts'
import { openCore } from '../main.ts'

const usage = 'Usage: candela audit verify [HEAD]'

export async function audit(args: readonly string[]): Promise<number> {
  const [command, head, ...rest] = args
  if (command !== 'verify' || rest.length > 0 || (head !== undefined && !/^[0-9a-f]{64}$/.test(head))) {
    console.error(usage)
    return 2
  }
  const core = await openCore(loadConfig().config)
  try {
    await core.context.audit?.settle()
    const report = await verifyAudit(core.context, head)
    console.log(auditText(report))
    return report.problems === 0 ? 0 : 1
  } finally {
    await core.close()
  }
}

export function auditText({ events, segments, problems, examples, head }: AuditReport): string {
  const more = problems - examples.length
  return [
    `${events} AuditEvents in ${segments} segments checked. The chain ends with ${head}.`,
    ...examples.map(({ reference, detail }) => `${reference} ${detail}.`),
    ...(more > 0 ? [`… and ${more} more`] : []),
    problems === 0 ? 'All is as it was written.' : `${problems} problems.`,
  ].join('\n')
}
