/** Whoever imports from the command line goes round the server: of each run one event is noted. */
import { userInfo } from 'node:os'
import { packRecord } from '../../fhir/audit/record.ts'
import { addToJournal } from '../../store/audit.ts'
import type { Db } from '../../store/database.ts'

export interface ImportFacts {
  readonly files: number
  readonly bytes: number
  readonly now: number
}

/** Before anything is stored, so that no run is missing that ended before its time. */
export function noteImport(db: Db, { files, bytes, now }: ImportFacts): Promise<void> {
  const type = { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110107', display: 'Import' }
  const text = `Import of ${files} files with ${bytes} bytes from the command line, by the system's user ${userInfo().username}`
  const who = { client: 'candela import' }
  return addToJournal(db, packRecord({ t: now, who, code: { type, action: 'C', text }, status: 200 }))
}
