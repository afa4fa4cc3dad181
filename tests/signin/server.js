// SPDX-License-Identifier: MIT
// server.js - a certified OpenID provider that nobody here wrote, as the sign-in service: node server.js FOLDER
//
// Only what tells it apart from its defaults: addresses and scopes as Entra has them, the claims that only Entra gives (tid, oid, amr),
// three kinds of clients, and a person who signs in and consents at once. FOLDER holds tls.pem and tls.key, token.key (signs the
// tokens), client.pem (the certificate of the client that has one), scenario.json; the provider's address goes to FOLDER/address.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import Provider, { interactionPolicy } from 'oidc-provider';

const folder = process.argv[2];
const read = (name) => readFileSync(`${folder}/${name}`);
const { tenant, resource, secret, clients: ids } = JSON.parse(read('scenario.json'));

// -- clients ---------------------------------------------------------------------------------------------------------------------

const device = 'urn:ietf:params:oauth:grant-type:device_code';
const client = (client_id, grants, proof) => ({
  client_id,
  application_type: 'native', // of http://localhost the port doesn't matter, RFC 8252
  redirect_uris: ['http://localhost'],
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token', device, ...grants],
  ...proof,
});
const certificate = new X509Certificate(read('client.pem')).publicKey.export({ format: 'jwk' });
const clients = [
  client(ids.secret, [], { token_endpoint_auth_method: 'client_secret_post', client_secret: secret }),
  client(ids.certificate, ['client_credentials'], {
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'PS256',
    jwks: { keys: [{ ...certificate, use: 'sig', alg: 'PS256' }] },
  }),
  client(ids.public, [], { token_endpoint_auth_method: 'none' }),
];

// -- the person ------------------------------------------------------------------------------------------------------------------

const person = {
  tid: tenant,
  oid: '0d1f7a3c-2a55-4f0e-9d0b-6c8f3a1b2e44',
  amr: ['pwd', 'mfa'],
  name: 'Billing Service',
  preferred_username: 'billing@partner.example',
};
let consents = true;

async function consent(provider, { params, session, prompt }) {
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });

  grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(' '));
  for (const [indicator, scopes] of Object.entries(prompt.details.missingResourceScopes ?? {}))
    grant.addResourceScope(indicator, scopes.join(' '));
  return { consent: { grantId: await grant.save() } };
}

async function answer(provider, details) {
  if (details.prompt.name === 'login')
    return { login: { accountId: 'billing' } };
  if (details.prompt.name === 'select_account')
    return { select_account: {} };
  if (!consents)
    return { error: 'access_denied', error_description: 'the user declined to consent' };
  return consent(provider, details);
}

// -- the provider ----------------------------------------------------------------------------------------------------------------

const path = (what) => `/${tenant}/oauth2/v2.0/${what}`;
const policy = interactionPolicy.base();
policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);

const configuration = {
  clients,
  jwks: { keys: [{ ...createPrivateKey(read('token.key')).export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'token' }] },
  cookies: { keys: ['only for the tests'] },
  routes: { authorization: path('authorize'), token: path('token'), device_authorization: path('devicecode'), code_verification: '/device' },
  interactions: { policy, url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  conformIdTokenClaims: false, // Entra's id_tokens have them all
  claims: { openid: ['sub', 'tid', 'oid', 'amr'], profile: ['name', 'preferred_username'] },
  findAccount: (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, ...person }) }),
  extraTokenClaims: (ctx, token) => (token.kind === 'AccessToken' ? { ...person, scp: 'user_impersonation' } : { tid: tenant, idtyp: 'app' }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: `${resource}/user_impersonation ${resource}/.default`,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
};

async function surroundings(provider, ctx, next) {
  if (ctx.path === '/play') { // how a test says whether the person consents
    consents = ctx.query.consent !== 'no';
    ctx.body = 'played\n';
  } else if (ctx.path.startsWith('/interaction/')) {
    const result = await answer(provider, await provider.interactionDetails(ctx.req, ctx.res));

    ctx.respond = false;
    await provider.interactionFinished(ctx.req, ctx.res, result);
  } else {
    // OpenID Connect gives offline_access only to who asks for prompt=consent; Entra to whoever asks for it.
    if (ctx.path === path('authorize') && ctx.query.prompt)
      ctx.query = { ...ctx.query, prompt: `${ctx.query.prompt} consent` };
    await next();
  }
}

const server = createServer({ cert: read('tls.pem'), key: read('tls.key') });
server.listen(0, 'localhost', () => {
  const address = `https://localhost:${server.address().port}`;
  const provider = new Provider(address, configuration);

  provider.use((ctx, next) => surroundings(provider, ctx, next));
  provider.on('server_error', (ctx, error) => console.error('server error:', error));
  server.on('request', provider.callback());
  writeFileSync(`${folder}/address.new`, address);
  renameSync(`${folder}/address.new`, `${folder}/address`);
});
