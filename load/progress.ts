import { stderr } from 'node:process';

/** One line that says how far a long task is: redrawn on a terminal, printed every few seconds elsewhere. */
export interface Progress {
  update(done: number, total: number, note?: string): void;
  end(): void;
}

const WIDTH = 30;
const TERMINAL_EVERY_MS = 200;
const PLAIN_EVERY_MS = 5_000;

export function startProgress(title: string, quiet = false): Progress {
  let shownMs = 0;
  let drawn = false;
  const terminal = stderr.isTTY === true;
  return {
    update(done, total, note = '') {
      const nowMs = performance.now();
      if (quiet || nowMs - shownMs < (terminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS)) return;
      shownMs = nowMs;
      drawn = true;
      const ratio = total > 0 ? Math.min(1, done / total) : 0;
      const filled = Math.round(ratio * WIDTH);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
      const line = `${title} ${bar} ${(ratio * 100).toFixed(0).padStart(3)} %  ${note}`;
      stderr.write(terminal ? `\r\u001b[2K${line}` : `${line}\n`);
    },
    end() {
      if (terminal && drawn) stderr.write('\r\u001b[2K');
    },
  };
}
