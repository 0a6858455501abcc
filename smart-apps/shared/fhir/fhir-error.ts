/** What a server answered instead of what was asked for. */

export class FhirError extends Error {
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number
  /** What to tell support: the server's own id of the request. */
  readonly requestId: string | undefined
  constructor(status: number, message: string, requestId?: string) {
    super(message)
    this.status = status
    this.requestId = requestId
  }
}

/** The server cannot be reached: no network, or it does not run. */
export function unreachable(cause: unknown): FhirError {
  return new FhirError(0, cause instanceof Error ? cause.message : String(cause))
}

/** Of an OperationOutcome what it says, of anything else nothing: pages of proxies are for nobody. */
export async function errorOf(response: Response): Promise<FhirError> {
  const text = await response.text().catch(() => '')
  return new FhirError(response.status, wordsOf(text), response.headers.get('x-request-id') ?? undefined)
}

interface Issue {
  readonly severity?: string
  readonly details?: { readonly text?: string }
  readonly diagnostics?: string
}

function wordsOf(text: string): string {
  try {
    const { issue } = JSON.parse(text) as { readonly issue?: readonly Issue[] }
    const said = (Array.isArray(issue) ? (issue as readonly Issue[]) : []).filter(
      ({ severity }) => severity !== 'information',
    )
    return said.flatMap(({ details, diagnostics }) => details?.text ?? diagnostics ?? []).join(' ')
  } catch {
    return ''
  }
}
