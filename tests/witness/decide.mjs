// Decides ceremonies with @simplewebauthn/server: `assay verify` lines in, one verdict a line out.

import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SettingsService, verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';

const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64url'));
const pem = (text) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(text, 'base64').toString('base64')}\n-----END CERTIFICATE-----\n`;

export async function decide(line) {
  const anchors = (line.trust_anchors ?? []).map(pem);
  for (const identifier of ['packed', 'fido-u2f', 'tpm', 'apple', 'android-key']) {
    SettingsService.setRootCertificates({ identifier, certificates: anchors });
  }
  const common = {
    response: line.credential,
    expectedChallenge: line.challenge,
    expectedOrigin: line.origins,
    expectedRPID: line.rp_id,
    requireUserVerification: line.user_verification === 'required',
  };
  if (line.ceremony === 'registration') {
    const verdict = await verifyRegistrationResponse({
      ...common,
      requireUserPresence: line.mediation !== 'conditional',
      supportedAlgorithmIDs: line.algorithms,
    });
    return verdict.verified;
  }
  const verdict = await verifyAuthenticationResponse({
    ...common,
    expectedTopOrigin: line.top_origins?.length ? line.top_origins : undefined,
    credential: {
      id: line.stored.credential_id,
      publicKey: bytes(line.stored.public_key),
      counter: line.stored.sign_count,
    },
  });
  return verdict.verified;
}

async function answer() {
  for await (const text of createInterface({ input: process.stdin })) {
    const line = JSON.parse(text);
    let verdict;
    try {
      verdict = (await decide(line))
        ? { outcome: 'accept', detail: null }
        : { outcome: 'reject', detail: 'verified: false' };
    } catch (error) {
      verdict = { outcome: 'reject', detail: String(error?.message ?? error) };
    }
    console.log(JSON.stringify({ id: line.id, ...verdict }));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await answer();
