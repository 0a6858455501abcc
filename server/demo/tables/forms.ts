/** The questions of the clinic's forms. The PHQ-9 is coded with LOINC and free to use. */
export const phqAnswers: readonly (readonly [code: string, display: string])[] = [
  ['LA6568-5', 'Not at all'],
  ['LA6569-3', 'Several days'],
  ['LA6570-1', 'More than half the days'],
  ['LA6571-9', 'Nearly every day'],
]

// biome-ignore format: one question per line reads as a table
export const phqItems: readonly (readonly [code: string, text: string])[] = [
  ['44250-9', 'Little interest or pleasure in doing things'],
  ['44255-8', 'Feeling down, depressed, or hopeless'],
  ['44259-0', 'Trouble falling or staying asleep, or sleeping too much'],
  ['44254-1', 'Feeling tired or having little energy'],
  ['44251-7', 'Poor appetite or overeating'],
  ['44258-2', 'Feeling bad about yourself, or that you are a failure or have let yourself or your family down'],
  ['44252-5', 'Trouble concentrating on things, such as reading the newspaper or watching television'],
  ['44253-3', 'Moving or speaking so slowly that other people could have noticed, or the opposite: being so fidgety or restless that you have been moving around a lot more than usual'],
  ['44260-8', 'Thoughts that you would be better off dead, or of hurting yourself in some way'],
]

export const phqDifficulty: readonly [
  code: string,
  text: string,
  answers: readonly (readonly [code: string, display: string])[],
] = [
  '69722-7',
  'How difficult have these problems made it for you to do your work, take care of things at home, or get along with other people?',
  [
    ['LA6572-7', 'Not difficult at all'],
    ['LA6573-5', 'Somewhat difficult'],
    ['LA6575-0', 'Very difficult'],
    ['LA6574-3', 'Extremely difficult'],
  ],
]

/** What a score means, by the first bound it stays below. */
export const phqSeverity: readonly (readonly [below: number, words: string])[] = [
  [5, 'None to minimal'],
  [10, 'Mild'],
  [15, 'Moderate'],
  [20, 'Moderately severe'],
  [28, 'Severe'],
]

export interface PrevisitRow {
  readonly linkId: string
  readonly text: string
  readonly type: 'string' | 'boolean' | 'text'
  readonly required?: boolean
}

export const previsitItems: readonly PrevisitRow[] = [
  { linkId: 'concern', text: 'What would you most like to talk about?', type: 'string', required: true },
  {
    linkId: 'medicines-changed',
    text: 'Have your medicines changed since the last visit?',
    type: 'boolean',
    required: true,
  },
  { linkId: 'allergies-changed', text: 'Have you had a new allergic reaction?', type: 'boolean', required: true },
  { linkId: 'interpreter', text: 'Would you like an interpreter at the visit?', type: 'boolean' },
  { linkId: 'else', text: 'Anything else we should know?', type: 'text' },
]
