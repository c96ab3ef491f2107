// A relying party by @simplewebauthn/server, as thin as the library's own example server: the same four
// endpoints, sessions by cookie, users in memory. The example has one user, who is signed in already; here
// POST /login says which one it is. Attestation is asked for and anchored as the library's documentation
// on attestation and metadata shows, with the authorities of ASSAY_ANCHORS (PEM).

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const witness = process.env.ASSAY_WITNESS ?? new URL('../../../witness', import.meta.url).pathname;
const {
  SettingsService,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} = createRequire(`${witness}/`)('@simplewebauthn/server');

const rpID = 'localhost';
let expectedOrigin;

const anchors = process.env.ASSAY_ANCHORS
  ? readFileSync(process.env.ASSAY_ANCHORS, 'utf8').match(/-----BEGIN[^]*?END CERTIFICATE-----\n/g)
  : [];
for (const identifier of ['packed', 'fido-u2f', 'tpm', 'android-key', 'android-safetynet', 'apple']) {
  if (anchors.length) SettingsService.setRootCertificates({ identifier, certificates: anchors });
}

const users = new Map(); // name -> { username, credentials: WebAuthnCredential[] }
const sessions = new Map(); // cookie -> { user, currentChallenge }

const routes = {
  'POST /login': async ({ session, body }) => {
    const { username } = JSON.parse(body);
    if (!users.has(username)) users.set(username, { username, credentials: [] });
    session.user = users.get(username);
    return [200, { username }];
  },

  'GET /generate-registration-options': async ({ session }) => {
    const { username, credentials } = session.user;
    const options = await generateRegistrationOptions({
      rpName: 'SimpleWebAuthn Example',
      rpID,
      userName: username,
      timeout: 60000,
      attestationType: 'direct',
      excludeCredentials: credentials.map(({ id, transports }) => ({ id, transports })),
      authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
    });
    session.currentChallenge = options.challenge;
    return [200, options];
  },

  'POST /verify-registration': async ({ session, body }) => {
    const response = JSON.parse(body);
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: `${session.currentChallenge}`,
      expectedOrigin,
      expectedRPID: rpID,
      requireUserVerification: false,
    });
    if (verified && registrationInfo) {
      const { credential } = registrationInfo;
      const { credentials } = session.user;
      if (!credentials.some(({ id }) => id === credential.id)) {
        credentials.push({ ...credential, transports: response.response.transports });
      }
    }
    session.currentChallenge = undefined;
    return [200, { verified }];
  },

  'GET /generate-authentication-options': async ({ session }) => {
    const options = await generateAuthenticationOptions({
      timeout: 60000,
      allowCredentials: session.user.credentials.map(({ id, transports }) => ({ id, transports })),
      userVerification: 'preferred',
      rpID,
    });
    session.currentChallenge = options.challenge;
    return [200, options];
  },

  'POST /verify-authentication': async ({ session, body }) => {
    const response = JSON.parse(body);
    const credential = session.user.credentials.find(({ id }) => id === response.id);
    if (!credential) return [400, { error: 'Authenticator is not registered with this site' }];
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: `${session.currentChallenge}`,
      expectedOrigin,
      expectedRPID: rpID,
      credential,
      requireUserVerification: false,
    });
    if (verified) credential.counter = authenticationInfo.newCounter;
    session.currentChallenge = undefined;
    return [200, { verified }];
  },
};

function sessionOf(request, headers) {
  const known = /(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  if (sessions.has(known)) return sessions.get(known);
  const id = randomUUID();
  headers['set-cookie'] = `session=${id}; HttpOnly; Path=/`;
  sessions.set(id, {});
  return sessions.get(id);
}

const server = createServer(async (request, response) => {
  const headers = { 'content-type': 'application/json' };
  let [status, answer] = [404, { error: 'no such thing' }];
  try {
    const parts = [];
    for await (const part of request) parts.push(part);
    const route = routes[`${request.method} ${request.url}`];
    const session = sessionOf(request, headers);
    if (route) [status, answer] = await route({ session, body: Buffer.concat(parts).toString() });
  } catch (error) {
    [status, answer] = [400, { error: error.message }];
  }
  response.writeHead(status, headers).end(JSON.stringify(answer));
});

server.listen(0, '127.0.0.1', () => {
  expectedOrigin = `http://localhost:${server.address().port}`;
  console.log(JSON.stringify({ ready: true, url: expectedOrigin }));
});
