/**
 * Which passwords are refused, and what to change: NIST SP 800-63B, 3.1.1.2, which asks for length and for a list of what
 * others use, not for capitals and signs. What can be guessed in one step, such as a common word, a year, a run of keys or
 * the owner's name, counts as a single character each.
 */
import { commonWords } from './common-passwords.ts'
import { longestPassword } from './password.ts'

/** What is known of the owner, and so by others too. */
export interface PasswordOwner {
  readonly username?: string
  readonly email?: string
  /** Given and family names. */
  readonly names?: readonly string[]
}

export const shortestPassword = 10

/** Characters that nobody guesses in one step. */
const leastUnpredictable = 8

/** Sentences that say what to change; none when the password may be used. */
export function passwordFaults(password: string, owner: PasswordOwner = {}): readonly string[] {
  const text = password.normalize('NFKC')
  if ([...text].length < shortestPassword) {
    return [
      `Use at least ${shortestPassword} characters. Three or four words that have nothing in common are easy to keep in mind.`,
    ]
  }
  if (password.length > longestPassword) return [`Use at most ${longestPassword} characters.`]

  const parts = splitPassword(text, wordTree(ownWords(owner)))
  const score = parts.reduce((sum, { kind, text }) => sum + (kind === 'free' ? [...text].length : 1), 0)
  if (score >= leastUnpredictable && distinct(text) >= 5) return []
  const kinds = [...new Set(parts.map(({ kind }) => kind))].filter((kind) => kind !== 'free')
  return kinds.length > 0 ? kinds.map((kind) => advice[kind]) : [advice.repeat]
}

type Kind = 'free' | 'own' | 'common' | 'keys' | 'repeat' | 'date'

interface Part {
  readonly kind: Kind
  readonly text: string
}

const advice: Readonly<Record<Exclude<Kind, 'free'>, string>> = {
  own: 'Leave out your user name, your e-mail address and your name: others know them.',
  common: 'Use other words: the ones in this password are among those that are guessed first.',
  keys: 'Leave out rows such as 12345, abcd or qwerty: they are guessed first. Put more words in their place.',
  repeat: 'Do not repeat the same characters: put more words in their place.',
  date: 'Leave out years and dates: they are guessed first. Put more words in their place.',
}

/** From left to right, at each place the longest of what is predictable. */
function splitPassword(password: string, own: WordTree): readonly Part[] {
  const parts: Part[] = []
  const plain = password.toLowerCase()
  let free = ''
  let at = 0
  while (at < plain.length) {
    const found = longestAt(plain, at, own)
    if (found === undefined) free += plain[at++]
    else {
      if (free !== '') parts.push({ kind: 'free', text: free })
      free = ''
      parts.push(found)
      at += found.text.length
    }
  }
  if (free !== '') parts.push({ kind: 'free', text: free })
  return parts
}

function longestAt(text: string, at: number, own: WordTree): Part | undefined {
  const candidates: readonly Part[] = [
    { kind: 'own', text: longestWord(text, at, own) },
    { kind: 'keys', text: keysAt(text, at) },
    { kind: 'common', text: longestWord(text, at, commonTree) },
    { kind: 'repeat', text: repeatAt(text, at) },
    { kind: 'date', text: dateAt(text, at) },
  ]
  const longest = Math.max(...candidates.map((part) => part.text.length))
  return longest === 0 ? undefined : candidates.find((part) => part.text.length === longest)
}

/** Letters that are often written as a digit or sign. */
const plainLetters: Readonly<Record<string, readonly string[]>> = {
  '0': ['o'],
  '1': ['i', 'l'],
  '2': ['z'],
  '3': ['e'],
  '4': ['a'],
  '5': ['s'],
  '6': ['g'],
  '7': ['t'],
  '8': ['b'],
  '9': ['g'],
  '@': ['a'],
  $: ['s'],
  '!': ['i', 'l'],
  '|': ['l', 'i'],
  '+': ['t'],
  '€': ['e'],
  '(': ['c'],
}

/** Words and all their beginnings: a search ends with the first character that no word goes on with. */
interface WordTree {
  readonly words: ReadonlySet<string>
  readonly beginnings: ReadonlySet<string>
}

function wordTree(words: ReadonlySet<string>): WordTree {
  const beginnings = [...words].flatMap((word) => Array.from(word, (_, i) => word.slice(0, i + 1)))
  return { words, beginnings: new Set(beginnings) }
}

const commonTree = wordTree(commonWords)

function longestWord(text: string, at: number, { words, beginnings }: WordTree): string {
  let longest = ''
  let spellings = ['']
  for (let end = at; end < text.length && spellings.length > 0; end++) {
    const letters = [text[end]!, ...(plainLetters[text[end]!] ?? [])]
    spellings = spellings
      .flatMap((spelling) => letters.map((letter) => spelling + letter))
      .filter((spelling) => beginnings.has(spelling))
    if (spellings.some((spelling) => words.has(spelling))) longest = text.slice(at, end + 1)
  }
  return longest
}

/** Three times the same character or more, or what came just before once more. */
function repeatAt(text: string, at: number): string {
  const same = /^(.)\1{2,}/.exec(text.slice(at))?.[0] ?? ''
  for (let length = Math.min(at, text.length - at); length > Math.max(same.length, 1); length--) {
    const piece = text.slice(at, at + length)
    if (text.slice(at - length, at) === piece) return piece
  }
  return same
}

const rows = [
  '01234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
  '!@#$%^&*()',
  '!"§$%&/()=',
  '147258369',
  '159753',
  '789456123',
]
const runs = [...rows, ...rows.map((row) => [...row].reverse().join(''))]

/** At least four characters that are neighbours. */
function keysAt(text: string, at: number): string {
  let best = ''
  for (const run of runs) {
    for (let from = run.indexOf(text[at]!); from >= 0; from = run.indexOf(text[at]!, from + 1)) {
      let length = 0
      while (from + length < run.length && run[from + length] === text[at + length]) length += 1
      if (length >= 4 && length > best.length) best = text.slice(at, at + length)
    }
  }
  return best
}

/** Years from 1900 to 2099, and dates in digits with or without what divides them. */
const datePattern =
  /^(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]?\d{1,2}[./-]?\d{1,2}|[0-3]\d[01]\d(?:19|20)\d{2}|(?:19|20)\d{2})/

function dateAt(text: string, at: number): string {
  return datePattern.exec(text.slice(at, at + 10))?.[0] ?? ''
}

/** The words that the owner's names and address consist of. */
function ownWords({ username = '', email = '', names = [] }: PasswordOwner): ReadonlySet<string> {
  const [local = '', domain = ''] = email.split('@')
  const texts = [username, local, domain.split('.').at(-2) ?? '', ...names].map((text) =>
    text.normalize('NFKC').toLowerCase(),
  )
  const words = texts.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u), text.replace(/\d+$/, '')])
  return new Set(words.filter((word) => word.length >= 3))
}

function distinct(text: string): number {
  return new Set(text.toLowerCase()).size
}
