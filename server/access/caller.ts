/** Who asks, and what was granted: all that a token stands for. The authorization server makes it, access is compiled from it. */
export interface Caller {
  /** The id of the client program. */
  readonly client: string
  /** The id of the grant: of one launch, or of one token of a backend service. */
  readonly grant: string
  /** As granted, after the user narrowed them: `patient/Observation.rs?category=laboratory`, `launch/patient`, … */
  readonly scopes: readonly string[]
  /** Absent for backend services. */
  readonly account?: CallerAccount
  /** The ids of the launch context. */
  readonly patient?: string
  readonly encounter?: string
  /** A v3-PurposeOfUse code: `BTG` while the glass is broken. */
  readonly purposeOfUse?: string
  /** Ids of the patients whose records were opened in an emergency that goes on. */
  readonly behindGlass?: readonly string[]
}

export interface CallerAccount {
  /** The number of the account, as a text. */
  readonly number: string
  /** Names of role policies: `patient`, `practitioner`, `nurse`, … */
  readonly roles: readonly string[]
  /** The resource that the person is: `Patient/1`, `Practitioner/2`, `RelatedPerson/3`. */
  readonly fhirUser?: string
  /** Ids of the Patients that a patient or a guardian may act for now, their own first. */
  readonly patients: readonly string[]
}
