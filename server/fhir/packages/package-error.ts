/** Why a FHIR package cannot be read, fetched, installed or removed: one sentence for who asked for it. */
export class PackageError extends Error {}

/** The package is there, but nothing that this server can use. */
export class UnsuitablePackageError extends PackageError {}
