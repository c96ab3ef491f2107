// How often @simplewebauthn/server decides each ceremony a second of CPU time: `assay verify` lines in.

import { readFileSync } from 'node:fs';
import { decide } from './decide.mjs';

const ROUNDS = 5;
const SHARE = 0.5;

const now = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function once(line) {
  const begun = now();
  let count = 0;
  let spent = 0;
  while (spent < SHARE) {
    if (!(await decide(line))) throw new Error(`${line.id} is refused`);
    count += 1;
    spent = now() - begun;
  }
  return count / spent;
}

const rates = {};
for (const text of readFileSync(0, 'utf8').trim().split('\n')) {
  const line = JSON.parse(text);
  const rounds = [];
  await once(line);
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await once(line));
  rates[line.id] = rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
}
const { version } = JSON.parse(readFileSync(new URL('node_modules/@simplewebauthn/server/package.json', import.meta.url)));
console.log(JSON.stringify({ name: `SimpleWebAuthn ${version}`, rates }));
