// The independent openid-client against our Salto KS simulator's identity server: every way to a token that we use.
//
// Environment: SALTO_SIM_BIN, the example program `salto` of the simulators.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import * as oauth from 'openid-client';

import { started } from './simulator.mjs';

const SCOPE = 'openid profile user_api.full_access offline_access';

let sim;

before(async () => {
  sim = await started('SALTO_SIM_BIN');
});

after(() => sim?.stop());

// The simulator speaks plain HTTP on this machine. Signatures are checked although the answer came directly.
const discovered = (client, authentication) =>
  oauth.discovery(new URL(sim.identity), client, undefined, authentication, {
    execute: [oauth.allowInsecureRequests, oauth.enableNonRepudiationChecks],
  });

const answer = async consent => {
  const response = await fetch(`${sim.api}/_sim/switches`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ consent }),
  });
  assert.equal(response.status, 200);
};

// The browser's part: the consent page answers as it is told, and where it sends the browser is returned.
const consent = async (config, parameters, decision) => {
  await answer(decision);
  const url = oauth.buildAuthorizationUrl(config, { redirect_uri: sim.redirect_uri, scope: SCOPE, ...parameters });
  const response = await fetch(url, { redirect: 'manual' });
  assert.equal(response.status, 302);
  return new URL(response.headers.get('location'));
};

const byCode = async ({ decision = 'allow', verify } = {}) => {
  const config = await discovered(sim.client_id, oauth.None());
  const [state, nonce, verifier] = [oauth.randomState(), oauth.randomNonce(), oauth.randomPKCECodeVerifier()];
  const challenge = await oauth.calculatePKCECodeChallenge(verifier);
  const asked = { state, nonce, code_challenge: challenge, code_challenge_method: 'S256' };
  const callback = await consent(config, asked, decision);
  const expected = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verify ?? verifier };
  return { config, callback, expected, tokens: await oauth.authorizationCodeGrant(config, callback, expected) };
};

const sites = async token => {
  const response = await fetch(`${sim.api}/v1.1/sites`, { headers: { authorization: `Bearer ${token}` } });
  return response.status;
};

test('a code with PKCE becomes a token that works and an ID token whose signature holds', async () => {
  const { config, tokens } = await byCode();
  const claims = tokens.claims();
  assert.equal(claims.iss, sim.identity);
  assert.equal(claims.aud, sim.client_id);
  assert.equal(await sites(tokens.access_token), 200);
  const person = await oauth.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(person.sub, claims.sub);
});

test('another verifier is refused, and a code is taken once', async () => {
  await assert.rejects(byCode({ verify: oauth.randomPKCECodeVerifier() }), { error: 'invalid_grant' });
  const { config, callback, expected } = await byCode();
  await assert.rejects(oauth.authorizationCodeGrant(config, callback, expected), { error: 'invalid_grant' });
});

test('a refusal comes back as access_denied', async () => {
  await assert.rejects(byCode({ decision: 'deny' }), { error: 'access_denied' });
});

test('a refresh token brings the next access token', async () => {
  const { config, tokens } = await byCode();
  const next = await oauth.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(await sites(next.access_token), 200);
});

test('a confidential client trades e-mail and password for a token', async () => {
  const config = await discovered(sim.confidential_client_id, oauth.ClientSecretBasic(sim.client_secret));
  const ask = password => oauth.genericGrantRequest(config, 'password', { username: sim.email, password, scope: SCOPE });
  const tokens = await ask(sim.password);
  assert.equal(await sites(tokens.access_token), 200);
  await assert.rejects(ask('guess'), { error: 'invalid_grant' });
});
