import { openForAppend } from '../room/recording-file.ts';

/** Writes seconds 1, 2, 3 … of a recording until it is killed; says each one that is on disk. */
const { file } = await openForAppend(process.argv[2] ?? '');
for (let second = Number(process.argv[3]); ; second += 1) {
  const json = JSON.stringify({ serverMs: second * 1_000, filler: 'x'.repeat(second % 3_000) });
  await file.append([{ second, json }]);
  process.stdout.write(`${second}\n`);
}
