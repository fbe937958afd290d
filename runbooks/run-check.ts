import { readCatalog } from './catalog.ts';
import { checkCatalog } from './check-catalog.ts';

/** `npm run runbooks:check`: prints each fault as `file:line: what`; exit code 1 when there is one. */
const problems = checkCatalog(new Date().toISOString().slice(0, 10));
for (const problem of problems) console.error(problem);
const count = readCatalog().length;
if (problems.length > 0) process.exitCode = 1;
else console.log(`${count} runbooks: links, KPIs, posts, dates, steps and actions are in order`);
