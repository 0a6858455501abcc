/** Sentences with gaps. */

/** A text for each grammatical number: https://cldr.unicode.org/index/cldr-spec/plural-rules */
export interface Plural {
  readonly one: string
  readonly other: string
}

/** `{name}` becomes what `values` has under that name. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => String(values[name] ?? gap))
}

/** The form for a number, with `{count}` filled in as the language writes it. */
export function fillPlural(forms: Plural, count: number, language: string): string {
  const form = new Intl.PluralRules(language).select(count) === 'one' ? forms.one : forms.other
  return fill(form, { count: new Intl.NumberFormat(language).format(count) })
}
