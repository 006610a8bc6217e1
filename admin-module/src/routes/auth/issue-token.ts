// POST /api/v1/auth/token: форма говорит языком RFC 6749, JSON — единым языком системы.
import type { Answer, Call, Handler } from '@artstore/chassis';
import { ArtError } from '@artstore/contracts';
import type { AdminOperations } from '../../api-types.ts';
import type { ExchangeCredentials, IssuedToken } from '../../identity/exchange-credentials.ts';
import { OAuthRefusal, readTokenForm, refusalFor } from '../../identity/token-request.ts';

type Op = AdminOperations['issueToken'];

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };
const FORM = 'application/x-www-form-urlencoded';

export function issueTokenRoute(exchange: ExchangeCredentials): Handler<Op> {
  return async (call) => {
    if (call.contentType === FORM) return await answerForm(exchange, call);
    const { body, raw } = call;
    if (raw.headers.authorization !== undefined) throw twoMethods();
    const ask = {
      clientId: String(body.client_id),
      clientSecret: String(body.client_secret),
      scope: text(body.scope),
      audience: text(body.resource) ?? text(body.audience),
    };
    return answerToken(await exchange(ask, call));
  };
}

async function answerForm(exchange: ExchangeCredentials, call: Call<Op>): Promise<Answer<Op>> {
  const { body, raw } = call;
  const { authorization } = raw.headers;
  try {
    return answerToken(await exchange(readTokenForm({ ...body }, authorization), call));
  } catch (error) {
    const refusal = error instanceof OAuthRefusal ? error : refusalFor(error);
    if (refusal === undefined) throw error;
    const challenge =
      refusal.status === 401 && authorization !== undefined ? { 'www-authenticate': 'Basic realm="artstore"' } : {};
    return { status: refusal.status, headers: { ...NO_STORE, ...challenge }, body: refusal.body };
  }
}

/** Опознают одним способом (RFC 6749, 2.3): у JSON он в теле. */
function twoMethods(): ArtError {
  return new ArtError('VALIDATION_ERROR', {
    details: [
      {
        field: 'header.authorization',
        message: 'with JSON the client is authenticated by the body',
        ru: 'с JSON клиента опознают по телу',
      },
    ],
  });
}

function answerToken({ accessToken, expiresInSeconds, scope }: IssuedToken): Answer<Op> {
  return {
    status: 200,
    headers: NO_STORE,
    body: { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds, scope },
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
