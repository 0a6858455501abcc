/** An end to answers that are too large to be held: more of them is not read. */
import { maxBundleText, tooMuchText } from '../fhir/bundle.ts'

/** For a page: what can be sent at once, and the one row after it that shows that there are more. */
export const mostPageText = maxBundleText + 64 * 1024 * 1024

interface Stream {
  destroy(): void
}

export interface TextLimit {
  /** Whether a row still fits; where it does not, `fail` has been told, and the connection is gone. */
  fits(fields: readonly unknown[]): boolean
}

/**
 * Counts the characters of rows as they arrive. Nothing but the end of its connection keeps the server from sending the
 * rest of a statement.
 */
export function textLimit(most: number, streamOf: () => Stream, fail: (error: Error) => void): TextLimit {
  let length = 0
  return {
    fits: (fields) => {
      for (const field of fields) if (typeof field === 'string') length += field.length
      if (length <= most) return true
      fail(tooMuchText('Ask for less at once, as with a smaller _count.'))
      streamOf().destroy()
      return false
    },
  }
}
