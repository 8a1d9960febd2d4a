// A simulator program for the tests of one file: started before them, its input ended after them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

// `setting` names the environment variable with the program, which prints one line of JSON and runs until its input ends.
export const started = async setting => {
  assert.ok(process.env[setting], `set ${setting} to a simulator program`);
  const program = spawn(process.env[setting], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: program.stdout }), 'line');
  const stop = async () => {
    program.stdin.end();
    await once(program, 'exit');
  };
  return { ...JSON.parse(line), stop };
};
