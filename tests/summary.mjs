// Sums the reports of all test projects, names what failed, and ends with "N passed, N failed".
// Usage: node summary.mjs FOLDER, which holds NAME.json (CTRF) and NAME.exit (exit code) of each project.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const isCi = process.env.CI === 'true';
const allowed = allowedSkips(join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, 'allowed-skips.txt'));
const count = { passed: 0, failed: 0, skipped: 0 };
const complaints = [];

for (const name of readdirSync(folder).filter(f => f.endsWith('.exit')).map(f => f.slice(0, -'.exit'.length)).sort()) {
  const failedBefore = count.failed;
  const report = join(folder, `${name}.json`);
  const tests = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).results.tests : [];
  tests.forEach(judge);
  // 0: fine, 2: some failed (counted above), 8: all its tests were filtered out; all else is a crash or a hang
  const code = Number(readFileSync(join(folder, `${name}.exit`), 'utf8'));
  const isTold = code === 2 && count.failed > failedBefore;
  const isFine = code === 8 || (code === 0 && existsSync(report));
  if (!isFine && !isTold) {
    count.failed++;
    complaints.push(`${name} ended with exit code ${code}`);
  }
}

complaints.forEach(c => console.log(`✗ ${c}`));
console.log(`${count.passed} passed, ${count.failed} failed${count.skipped ? `, ${count.skipped} skipped` : ''}`);
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;

function judge(test) {
  if (test.status === 'passed') {
    count.passed++;
  } else if (test.status === 'failed') {
    count.failed++;
    complaints.push(test.name);
  } else if (isCi && !allowed.some(a => test.name.startsWith(a))) {
    count.failed++;
    complaints.push(`${test.name} was skipped: ${test.message ?? 'no reason given'}`);
  } else {
    count.skipped++;
  }
}

/** Lines "full test name # reason"; without a reason a line allows nothing. */
function allowedSkips(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map(line => line.split('#').map(part => part.trim()))
    .filter(([name, reason]) => name && reason)
    .map(([name]) => name);
}
