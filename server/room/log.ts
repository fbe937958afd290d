import type { FastifyBaseLogger } from 'fastify';

/** What the room and the sockets write to: fastify's logger or anything with its three methods. */
export type Log = Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>;
