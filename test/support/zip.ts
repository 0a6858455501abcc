/** Writes zip archives, broken ones too. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly path: string
  readonly content: string | Buffer
  /** What the archive says instead of the truth. */
  readonly size?: number
  readonly crc?: number
}

export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const entry of entries) {
    const { local, central } = headersOf(entry, at)
    parts.push(local)
    directory.push(central)
    at += local.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, list, end])
}

function headersOf({ path, content, size, crc }: ZipEntry, at: number): { local: Buffer; central: Buffer } {
  const bytes = Buffer.from(content)
  const name = Buffer.from(path)
  const packed = deflateRawSync(bytes)
  // Version, flags (names in UTF-8), method (deflate), time, date, checksum, sizes, lengths of name and extra field.
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(0x0800, 2)
  common.writeUInt16LE(8, 4)
  common.writeUInt16LE(0x5a21, 8)
  common.writeUInt32LE(crc ?? crc32(bytes), 10)
  common.writeUInt32LE(packed.length, 14)
  common.writeUInt32LE(size ?? bytes.length, 18)
  common.writeUInt16LE(name.length, 22)
  const signature = (value: number) => {
    const four = Buffer.alloc(4)
    four.writeUInt32LE(value)
    return four
  }
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(at, 10)
  return {
    local: Buffer.concat([signature(0x04034b50), common, name, packed]),
    central: Buffer.concat([signature(0x02014b50), Buffer.from([20, 0]), common, rest, name]),
  }
}
