import { type AccessTokens, isAccessToken } from "./access-tokens.ts";
import type { IdentifyToken } from "./authenticate.ts";
import type { AccountTokens, Recognized } from "./service-accounts/account-tokens.ts";
import { ISSUER } from "./service-accounts/account-tokens.ts";

/** Whose a token is that was given to one of these audiences; undefined when it is nobody's. */
export type RecognizeToken = (token: string, audiences: readonly string[]) => Promise<Recognized | undefined>;

/** Every kind of token there is: a signed one is a service account's, any other is looked up where its form says. */
export function recognizeTokens(
  accounts: AccountTokens,
  given: AccessTokens,
  lookUp: IdentifyToken,
): RecognizeToken {
  return async (token, audiences) => {
    const wanted = audiences.length === 0 ? [ISSUER] : audiences;
    if (token.split(".").length === 3) return accounts.recognize(token, wanted);
    if (!wanted.includes(ISSUER)) return undefined;
    const identity = await (isAccessToken(token) ? given.identify(token) : lookUp(token));
    return identity && { identity, audiences: [ISSUER] };
  };
}
