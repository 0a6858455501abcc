/** Sizes of files and kinds of them, in words. */

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** `1.2 MB` */
export function sizeInWords(bytes: number, language: string): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const format = {
    style: 'unit',
    unit: units[step]!,
    unitDisplay: 'short',
    maximumFractionDigits: step > 1 ? 1 : 0,
  } as const
  return new Intl.NumberFormat(language, format).format(bytes / 1000 ** step)
}

const kinds: Readonly<Record<string, { readonly words: string; readonly ending: string }>> = {
  'application/pdf': { words: 'PDF', ending: 'pdf' },
  'application/rtf': { words: 'RTF', ending: 'rtf' },
  'text/rtf': { words: 'RTF', ending: 'rtf' },
  'application/msword': { words: 'Word', ending: 'doc' },
  'image/jpeg': { words: 'JPEG', ending: 'jpg' },
  'image/png': { words: 'PNG', ending: 'png' },
  'image/tiff': { words: 'TIFF', ending: 'tif' },
  'application/dicom': { words: 'DICOM', ending: 'dcm' },
}

/** `application/pdf; x=y` as `application/pdf` */
export function plainType(contentType: string): string {
  return contentType.split(';')[0]!.trim().toLowerCase()
}

/** What people call a media type; undefined for those that nobody has a name for. */
export function kindInWords(contentType: string): string | undefined {
  const type = plainType(contentType)
  return Object.hasOwn(kinds, type) ? kinds[type]!.words : undefined
}

/** A name that every system takes, with the ending of its type; what is of no known type is opened by nothing. */
export function fileName(title: string, contentType: string): string {
  const type = plainType(contentType)
  const ending = Object.hasOwn(kinds, type) ? kinds[type]!.ending : 'bin'
  const plain = title
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return `${plain || 'document'}.${ending}`
}
