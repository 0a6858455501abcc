/** Rapid tests by complaint, and what grew in urine cultures. */
import type { ConditionKey } from './conditions.ts'

export interface RapidTestRow {
  readonly key: string
  readonly loinc: string
  readonly display: string
  readonly name: string
  readonly specimen: 'throat' | 'nose'
  readonly detected: boolean
}

// biome-ignore format: one test per line reads as a table
export const rapidTests: Readonly<Partial<Record<ConditionKey, RapidTestRow>>> = {
  strep: { key: 'strep', loinc: '78012-2', display: 'Streptococcus pyogenes Ag [Presence] in Throat by Rapid immunoassay', name: 'Rapid strep test', specimen: 'throat', detected: true },
  flu: { key: 'flu', loinc: '80382-5', display: 'Influenza virus A Ag [Presence] in Nasopharynx by Rapid immunoassay', name: 'Rapid flu test', specimen: 'nose', detected: true },
  covid: { key: 'covid', loinc: '95209-3', display: 'SARS-CoV+SARS-CoV-2 (COVID-19) Ag [Presence] in Respiratory specimen by Rapid immunoassay', name: 'Rapid COVID-19 test', specimen: 'nose', detected: true },
  bronchitis: { key: 'covid-check', loinc: '95209-3', display: 'SARS-CoV+SARS-CoV-2 (COVID-19) Ag [Presence] in Respiratory specimen by Rapid immunoassay', name: 'Rapid COVID-19 test', specimen: 'nose', detected: false },
}

export interface CultureRow {
  readonly organism?: readonly [snomed: string, display: string]
  readonly growth: string
  readonly resistance?: readonly (readonly [drug: string, letter: 'S' | 'R' | 'I'])[]
  readonly conclusion: string
  readonly preliminary?: true
}

const coli = ['112283007', 'Escherichia coli'] as const

export const cultureByPerson: Readonly<Record<string, CultureRow>> = {
  usual: {
    organism: coli,
    growth: 'More than 100,000 colonies per mL of Escherichia coli.',
    resistance: [
      ['nitrofurantoin', 'S'],
      ['trimethoprim', 'S'],
      ['ciprofloxacin', 'S'],
      ['ampicillin', 'R'],
    ],
    conclusion:
      'Escherichia coli, more than 100,000 colonies per mL. Susceptible to nitrofurantoin, trimethoprim/sulfamethoxazole and ciprofloxacin; resistant to ampicillin.',
  },
  '46': {
    organism: coli,
    growth: 'More than 100,000 colonies per mL of Escherichia coli.',
    resistance: [
      ['nitrofurantoin', 'S'],
      ['trimethoprim', 'R'],
      ['ciprofloxacin', 'R'],
      ['ampicillin', 'R'],
    ],
    conclusion:
      'Escherichia coli, more than 100,000 colonies per mL, resistant to several antibiotics. Susceptible to nitrofurantoin.',
  },
  '09': {
    growth: 'Growth of gram-negative rods after one day; identification to follow.',
    conclusion: 'Preliminary: growth of gram-negative rods. The organism and its susceptibilities will follow.',
    preliminary: true,
  },
}

// biome-ignore format: one drug per line reads as a table
export const susceptibilities: {
  readonly drugs: Readonly<Record<string, readonly [loinc: string, display: string, name: string]>>
  readonly answers: Readonly<Record<'S' | 'R' | 'I', readonly [snomed: string, display: string]>>
} = {
  drugs: {
    nitrofurantoin: ['18955-5', 'Nitrofurantoin [Susceptibility]', 'Nitrofurantoin'],
    trimethoprim: ['18998-5', 'Trimethoprim+Sulfamethoxazole [Susceptibility]', 'Trimethoprim/sulfamethoxazole'],
    ciprofloxacin: ['18906-8', 'Ciprofloxacin [Susceptibility]', 'Ciprofloxacin'],
    ampicillin: ['18864-9', 'Ampicillin [Susceptibility]', 'Ampicillin'],
  },
  answers: {
    S: ['131196009', 'Susceptible'],
    R: ['30714006', 'Resistant'],
    I: ['264841006', 'Intermediate'],
  },
}
