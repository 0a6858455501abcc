/** Finds the files of a release by their names, and what those say of its version. */
import { ReleaseError, type ReleaseFile } from './release.ts'

/** The file whose path ends so; the one nearest to the root where there are several. */
export function fileNamed(files: readonly ReleaseFile[], name: RegExp): ReleaseFile | undefined {
  const depth = ({ path }: ReleaseFile) => path.split('/').length
  return files.filter((file) => name.test(file.name)).sort((a, b) => depth(a) - depth(b))[0]
}

/** `expected`: as people know it, such as `Loinc.csv`. */
export function neededFile(files: readonly ReleaseFile[], name: RegExp, expected: string, kind: string): ReleaseFile {
  const found = fileNamed(files, name)
  if (!found) throw new ReleaseError(`This is no release of ${kind}: there is no file '${expected}'.`)
  return found
}

/** The same of a release that is one of its kind, with a file missing. */
export function completeFile(files: readonly ReleaseFile[], name: RegExp, expected: string): ReleaseFile {
  const found = fileNamed(files, name)
  if (!found) throw new ReleaseError(`The release is not complete: there is no file '${expected}'.`)
  return found
}

/** What the first of the names has that matches; the pattern's group is the version. */
export function versionIn(names: readonly string[], pattern: RegExp): string | undefined {
  for (const name of names) {
    const found = pattern.exec(name)?.[1]
    if (found !== undefined) return found
  }
  return undefined
}
