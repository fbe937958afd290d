import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { AppError } from '#contract/errors';
import type { Config } from './config.ts';

/** @throws {AppError} `port_in_use`, before anything has been started */
export async function checkPort({ host, port }: Config): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, { host, port })));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}
function portError(error: NodeJS.ErrnoException, { host, port }: Pick<Config, 'host' | 'port'>): Error {
  if (error.code === 'EADDRINUSE') {
    return new AppError('port_in_use', `${host}:${port} is in use; stop that server or set PORT`, { cause: error });
  }
  const code = error.code ?? error.message;
  return new AppError('config_invalid', `cannot listen on ${host}:${port} (${code}); set HOST and PORT`, {
    cause: error,
  });
}

/** Listens on the one address of the configuration. @returns how people reach it, without a slash at its end */
export async function listen(app: FastifyInstance, config: Config): Promise<string> {
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, config);
  }
  const at = app.server.address();
  const port = at !== null && typeof at === 'object' ? at.port : config.port;
  const host = config.host === '0.0.0.0' ? '127.0.0.1' : config.host === '::' ? '[::1]' : config.host;
  return config.publicUrl ?? `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}
