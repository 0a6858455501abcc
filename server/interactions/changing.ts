/** What this process remembers of resources that are about to change. */
import type { Context } from '../context.ts'

/** By type: what must not be taken for what it was. */
const sources: Readonly<Record<string, (context: Context) => { changing(): void }>> = {
  StructureDefinition: ({ conformance }) => conformance,
  Consent: ({ accessSource }) => accessSource,
  // Of roles: what they may do.
  Basic: ({ accessSource }) => accessSource,
}

/** To be called before a resource of `type` is written or deleted. */
export function changing(type: string, context: Context): void {
  sources[type]?.(context).changing()
}
