/** What `candela terminology import` can read: the kind of a release, and what opens it. */
import { cpt } from './cpt.ts'
import { cvx } from './cvx.ts'
import { icd10cm } from './icd10cm/icd10cm.ts'
import { loinc } from './loinc/loinc.ts'
import { nucc } from './nucc.ts'
import type { Release, ReleaseFile, ReleaseReader, TellProblem } from './release.ts'
import { openReleaseFiles } from './release-files.ts'
import { rxnorm } from './rxnorm/rxnorm.ts'
import { snomed } from './snomed/snomed.ts'
import { ucum } from './ucum.ts'

/** A code system whose concepts are read as they are asked for. */
export interface OpenedRelease extends Release {
  /** How much of the release was read, from 0 to 1, where that is known. */
  readonly readShare?: () => number
  readonly close?: () => void
}

/** Opens what lies at a path. */
export type OpenRelease = (path: string, tell: TellProblem) => Promise<OpenedRelease>

/** By the name of the kind. */
export const kinds: Readonly<Record<string, ReleaseReader>> = { snomed, loinc, rxnorm, icd10cm, cvx, ucum, nucc, cpt }

export const readers: Readonly<Record<string, OpenRelease>> = Object.fromEntries(
  Object.entries(kinds).map(([kind, reader]) => [kind, (path, tell) => openWith(reader, path, tell)]),
)

/** Opens what lies at a path as a release of one kind. */
export async function openWith(reader: ReleaseReader, path: string, tell: TellProblem): Promise<OpenedRelease> {
  const { files, name, close } = await openReleaseFiles(path)
  try {
    const progress = { read: 0, size: 0 }
    const release = await reader.read({ files: files.map((file) => counted(file, progress)), name, tell })
    return { ...release, readShare: () => progress.read / Math.max(progress.size, 1), close }
  } catch (error) {
    close()
    throw error
  }
}

/** Of the files that a reader opens. */
interface Progress {
  read: number
  size: number
}

function counted(file: ReleaseFile, progress: Progress): ReleaseFile {
  return {
    ...file,
    async *open() {
      progress.size += file.size
      for await (const chunk of file.open()) {
        progress.read += chunk.length
        yield chunk
      }
    },
  }
}
