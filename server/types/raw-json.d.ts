/** `JSON.rawJSON` (ECMAScript proposal, in Node since 22) is not in TypeScript's library yet. */
interface JSON {
  rawJSON(text: string): { readonly rawJSON: string }
  isRawJSON(value: unknown): value is { readonly rawJSON: string }
}
