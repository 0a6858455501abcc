/** What validation and search ask of terminology. https://hl7.org/fhir/R4/terminology-service.html */

export interface CodeQuestion {
  /** Absent: whether the code's system has it. */
  readonly valueSet?: string
  readonly system?: string
  readonly code?: string
  readonly display?: string
  readonly version?: string
}

/** `unknown`: the value set or a system in it is not known here, so that nobody can tell. */
export interface CodeVerdict {
  readonly result: 'in' | 'out' | 'unknown'
  readonly message?: string
  readonly displayOk?: boolean
  readonly systemKnown?: boolean
  readonly codeKnown?: boolean
  /** Why an external server could not tell either. */
  readonly hint?: string
}

export interface Terminology {
  /** Undefined: not in memory; ask `decide`. */
  check(question: CodeQuestion): CodeVerdict | undefined
  /** One answer for each question, in order. */
  decide(questions: readonly CodeQuestion[]): Promise<readonly CodeVerdict[]>
}
