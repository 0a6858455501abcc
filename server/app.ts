/** Every plugin, in order: the table of contents of the HTTP server. */
import fastify, { type FastifyInstance } from 'fastify'
import type { Context } from './context.ts'
import { handleError } from './http/errors.ts'
import { fhirRoutes } from './http/fhir-routes.ts'

/** Bytes; larger bodies are answered with 413. */
export const bodyLimit = 48 * 1024 * 1024

export async function createApp(context: Context): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit,
    logger: { level: context.config.logLevel },
    disableRequestLogging: true,
    routerOptions: { maxParamLength: 4096, ignoreTrailingSlash: true },
  })
  app.setErrorHandler(handleError)
  await app.register(fhirRoutes, { context })
  return app
}
