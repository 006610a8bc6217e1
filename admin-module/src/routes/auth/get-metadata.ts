// GET /.well-known/oauth-authorization-server: по этому описанию клиенты OAuth находят адреса (RFC 8414).
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';

export function getMetadataRoute(issuer: string): Handler<AdminOperations['getAuthorizationServerMetadata']> {
  const base = issuer.replace(/\/+$/, '');
  return async () => ({
    status: 200,
    body: {
      issuer,
      token_endpoint: `${base}/api/v1/auth/token`,
      jwks_uri: `${base}/api/v1/auth/jwks`,
      scopes_supported: ['files:read', 'files:write', 'storage:read', 'storage:write', 'admin:read', 'admin:write'],
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    },
  });
}
