// The independent openid-client against our Tapkey simulator's login server: every way to a token that we use.
//
// Environment: TAPKEY_SIM_BIN, the example program `tapkey` of the simulators.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import * as oauth from 'openid-client';

import { started } from './simulator.mjs';

const SCOPE = 'read:owneraccounts read:core:entities read:grants offline_access';

let sim;

before(async () => {
  sim = await started('TAPKEY_SIM_BIN');
});

after(() => sim?.stop());

// The simulator speaks plain HTTP on this machine.
const discovered = (client, secret) =>
  oauth.discovery(new URL(sim.url), client, undefined, secret ? oauth.ClientSecretPost(secret) : oauth.None(), {
    execute: [oauth.allowInsecureRequests],
  });

// The browser's part: the consent page answers at once, and where it sends the browser is returned.
const consent = async (config, parameters, answer = 'allow') => {
  const url = oauth.buildAuthorizationUrl(config, { redirect_uri: sim.redirect_uri, scope: SCOPE, ...parameters });
  url.searchParams.set('sim_auto', answer);
  const response = await fetch(url, { redirect: 'manual' });
  assert.equal(response.status, 302);
  return new URL(response.headers.get('location'));
};

const owners = async token => {
  const response = await fetch(`${sim.url}/api/v1/Owners`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(response.status, 200);
  return (await response.json()).map(owner => owner.name);
};

const byCodeWithSecret = async () => {
  const config = await discovered(sim.code_client, sim.secret);
  const state = oauth.randomState();
  const callback = await consent(config, { state });
  const tokens = await oauth.authorizationCodeGrant(config, callback, { expectedState: state });
  return { config, callback, tokens };
};

test('discovery names the issuer it was asked at, and the ways to a token', async () => {
  const metadata = (await discovered(sim.code_client, sim.secret)).serverMetadata();
  assert.equal(metadata.issuer, sim.url);
  assert.equal(metadata.supportsPKCE(), true);
  assert.ok(metadata.grant_types_supported.includes('client_credentials'));
});

test('a code with the client’s secret becomes a token that works', async () => {
  const { callback, tokens } = await byCodeWithSecret();
  assert.equal(callback.searchParams.get('scope'), SCOPE);
  assert.equal(tokens.token_type, 'bearer');
  assert.equal(tokens.expiresIn(), 3600);
  assert.deepEqual(await owners(tokens.access_token), ['Harbour Loft', 'Old Yard']);
});

test('a code with PKCE and no secret becomes a token, with another verifier it does not', async () => {
  const config = await discovered(sim.pkce_client);
  const exchange = async verify => {
    const verifier = oauth.randomPKCECodeVerifier();
    const callback = await consent(config, {
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return oauth.authorizationCodeGrant(config, callback, { pkceCodeVerifier: verify ?? verifier });
  };
  const tokens = await exchange();
  assert.deepEqual(await owners(tokens.access_token), ['Harbour Loft', 'Old Yard']);
  await assert.rejects(exchange(oauth.randomPKCECodeVerifier()), { error: 'invalid_grant' });
});

test('client credentials act as a service account and bring no refresh token', async () => {
  const config = await discovered(sim.service_client, sim.secret);
  const tokens = await oauth.clientCredentialsGrant(config, { scope: 'read:owneraccounts' });
  assert.equal(tokens.refresh_token, undefined);
  assert.deepEqual(await owners(tokens.access_token), ['Harbour Loft']);
});

test('a refresh token brings the next access token', async () => {
  const { config, tokens } = await byCodeWithSecret();
  const next = await oauth.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(next.access_token, tokens.access_token);
  assert.deepEqual(await owners(next.access_token), ['Harbour Loft', 'Old Yard']);
});

test('a refusal comes back as access_denied, with the state', async () => {
  const config = await discovered(sim.code_client, sim.secret);
  const state = oauth.randomState();
  const callback = await consent(config, { state }, 'deny');
  await assert.rejects(oauth.authorizationCodeGrant(config, callback, { expectedState: state }), {
    error: 'access_denied',
  });
});

test('a code is taken once, and a wrong secret is invalid_client', async () => {
  const { config, callback } = await byCodeWithSecret();
  const expectedState = callback.searchParams.get('state');
  await assert.rejects(oauth.authorizationCodeGrant(config, callback, { expectedState }), { error: 'invalid_grant' });
  const stranger = await discovered(sim.service_client, 'guess');
  await assert.rejects(oauth.clientCredentialsGrant(stranger, { scope: 'read:owneraccounts' }), {
    error: 'invalid_client',
  });
});
