// The official Kisi client against our Kisi simulator: it signs in, lists locks and unlocks one.
//
// Environment: SIM_BIN, a program that starts a seeded simulator and prints one line of JSON (url, domain, email,
// password) until its input ends; or KISI_SIM_URL with KISI_SIM_DOMAIN, KISI_SIM_EMAIL and KISI_SIM_PASSWORD of one
// that runs already.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import Kisi from 'kisi-client';

let sim;
let program;

// The tests together are faster than the five calls a second that Kisi allows one user.
const limits = setting =>
  fetch(`${sim.url}/_sim/switches`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rate_limits: setting }),
  });

const found = async () => {
  const { SIM_BIN, KISI_SIM_URL, KISI_SIM_DOMAIN, KISI_SIM_EMAIL, KISI_SIM_PASSWORD } = process.env;
  if (KISI_SIM_URL) {
    return { url: KISI_SIM_URL, domain: KISI_SIM_DOMAIN, email: KISI_SIM_EMAIL, password: KISI_SIM_PASSWORD };
  }
  assert.ok(SIM_BIN, 'set SIM_BIN to a simulator program, or KISI_SIM_URL to a running one');
  program = spawn(SIM_BIN, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: program.stdout }), 'line');
  return JSON.parse(line);
};

before(async () => {
  sim = await found();
  await limits('off');
});

after(async () => {
  await limits('real_time');
  if (!program) return;
  program.stdin.end();
  await once(program, 'exit');
});

const client = () => new Kisi({ baseURL: sim.url });

const signedIn = async () => {
  const kisi = client();
  await kisi.signIn({ domain: sim.domain, email: sim.email, password: sim.password });
  return kisi;
};

test('signs in and finds its own login', async () => {
  const kisi = await signedIn();
  const login = await kisi.get('login');
  assert.equal(login.email, sim.email);
  assert.equal(login.type, 'device');
});

test('a wrong password is afc516 in the client’s own error', async () => {
  await assert.rejects(client().signIn({ domain: sim.domain, email: sim.email, password: 'guess' }), error => {
    assert.equal(error.status, 401);
    assert.equal(error.code, 'afc516');
    assert.equal(error.reason, 'Wrong email address or password.');
    return true;
  });
});

test('lists locks with the pagination the client reads from X-Collection-Range', async () => {
  const kisi = await signedIn();
  const locks = await kisi.get('locks', { limit: 250, sort: 'name' });
  assert.ok(locks.data.length >= 1);
  assert.deepEqual(locks.pagination, { offset: 0, limit: 250, count: locks.data.length });
  assert.equal(locks.data[0].resourceType, 'Lock');
  const none = await kisi.get('group_links');
  assert.deepEqual(none, { pagination: { offset: 0, limit: 0, count: 0 }, data: [] });
});

test('unlocks a lock', async () => {
  const kisi = await signedIn();
  const [lock] = (await kisi.get('locks')).data;
  const answer = await kisi.post(`locks/${lock.id}/unlock`);
  assert.equal(answer.message, 'Unlocked!');
});

test('an unknown route is 000404, and after signing out the secret is dead', async () => {
  const kisi = await signedIn();
  await assert.rejects(kisi.get('no_such_thing'), { code: '000404', status: 404 });
  await kisi.signOut();
  await assert.rejects(kisi.get('login'), { status: 401 });
});
