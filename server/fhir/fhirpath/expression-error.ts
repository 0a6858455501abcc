/** What is wrong with an expression, in words that may be shown: unlike the library's, they never quote the resource. */
export class ExpressionError extends Error {}
