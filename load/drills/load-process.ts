import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Access } from '../access.ts';

const LAUNCHER = fileURLToPath(new URL('../../server/launch.mjs', import.meta.url));
const FILE = fileURLToPath(new URL('./run-load.ts', import.meta.url));

/** What the process of the load is told first. */
export interface LoadOrder {
  readonly access: Access;
  readonly ratePerSecond: number;
  readonly seed: number;
}
export interface LoadResult {
  readonly sentCount: number;
  readonly perSecond: number;
}
export type LoadReport = { readonly result: LoadResult } | { readonly error: string };

/**
 * Traffic from a process of its own. A drill that made it in the process that also reads the clock would measure how busy
 * the sender is: at 20,000 events a second frames wait tens of ms for the sender's event loop.
 */
export class LoadProcess {
  readonly #child: ChildProcess;
  readonly #report: Promise<LoadReport>;

  constructor(order: LoadOrder) {
    this.#child = fork(LAUNCHER, [FILE], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#report = new Promise((resolve) => {
      this.#child.once('message', (report) => resolve(report as LoadReport));
      this.#child.once('exit', (code) => resolve({ error: `the load ended by itself (exit ${code})` }));
    });
    this.#child.send(order);
  }

  /** Ends the load. @throws what went wrong in it */
  async stop(): Promise<LoadResult> {
    if (this.#child.connected) this.#child.send('stop');
    const report = await this.#report;
    if (this.#child.connected) this.#child.disconnect();
    if ('error' in report) throw new Error(report.error);
    return report.result;
  }

  /** At once, without a result. */
  abandon(): void {
    this.#child.kill('SIGKILL');
  }
}
