/** Every plugin, in order: the table of contents of the HTTP server. */
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import { builtFolder } from '../smart-apps/build.ts'
import type { Context } from './context.ts'
import { readAppIssuers } from './http/app-issuers.ts'
import { errorHandler, handleClientError } from './http/errors.ts'
import { fhirRoutes } from './http/fhir-routes.ts'
import { addHeaders, apiHeaders, requestId } from './http/headers.ts'
import { addHealth } from './http/health.ts'
import { ownMachineOnly } from './http/own-machine.ts'
import { notFoundHandler, pageRoutes } from './http/pages/page-routes.ts'
import { smartRoutes } from './http/smart-routes.ts'
import { staticApps } from './http/static-apps.ts'
import { tlsOptions } from './http/tls.ts'
import { tokenRelay } from './http/token-relay.ts'
import { openSmart } from './smart/open-smart.ts'
import type { People } from './smart/people.ts'

/** Bytes, after decompression; larger bodies are answered with 413. */
export const bodyLimit = 48_000_000

/** `people` are those who may sign in while AUTH is smart: those who have accounts, unless others are given. */
export async function createApp(given: Context, people?: People): Promise<FastifyInstance> {
  const { auth, publicUrl } = given.config
  const smart = auth === 'smart' ? openSmart(given, people) : undefined
  const context = smart ? { ...given, accounts: smart.door } : given
  const handleError = errorHandler(context)
  const tls = tlsOptions(context.config)
  // Long searches are sent as URLs by clients that do not know better.
  const limits = { maxHeaderSize: 128 * 1024 }
  const app = fastify({
    ...(tls ? { https: { ...tls, ...limits } } : { http: limits }),
    bodyLimit,
    logger: { level: context.config.logLevel, serializers: { err: serializeError } },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    // Few requests log anything: those that do name the request's id themselves.
    childLoggerFactory: (logger) => logger,
    requestTimeout: 300_000,
    keepAliveTimeout: 72_000,
    // While shutting down, connections that are open still get answers, and are closed after them.
    return503OnClosing: false,
    clientErrorHandler: handleClientError,
    frameworkErrors: (error, request, reply) => {
      handleError(error, request as FastifyRequest, reply.headers(apiHeaders) as FastifyReply)
    },
    routerOptions: { maxParamLength: 4096, ignoreTrailingSlash: true },
  } as FastifyServerOptions)
  app.decorateRequest('presentation', undefined)
  app.decorateRequest('interaction', undefined)
  app.setErrorHandler(handleError)
  app.setNotFoundHandler(notFoundHandler(context))
  const checkCaller = auth === 'none' ? ownMachineOnly(publicUrl) : undefined
  addHeaders(app, { secure: publicUrl.startsWith('https:'), checkCaller })
  addHealth(app, context)
  if (smart) app.addHook('onClose', async () => smart.close())
  await app.register(fhirRoutes, { context, checks: smart?.checks })
  if (smart) await app.register(smartRoutes, { smart })
  if (smart) {
    const issuers = readAppIssuers(context.config.dataDir, builtFolder)
    await app.register(staticApps, { folder: builtFolder, issuers })
    await app.register(tokenRelay, { issuers, origin: publicUrl })
  }
  await app.register(pageRoutes, { context, home: !smart })
  return app
}

/** Details of the database's errors quote values, which may be a patient's: they stay out of the log. */
function serializeError({ name, message, stack, code }: Error & { code?: string }) {
  return { type: name, message, stack: stack ?? '', ...(code !== undefined && { code }) }
}
